using System.Globalization;
using System.Text.Json.Nodes;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// A matrix whose columns, or rows where it has fewer of these, are of one length and at right angles: QᵀQ = gain²·I. Saxe, McClelland, Ganguli, 2014. Shapes of more axes are
/// laid out as [all but the last, last] first, as in Keras.
/// </summary>
/// <remarks>
/// Q is that of a QR decomposition of normal numbers, its columns turned round where R's diagonal is negative: so each orthogonal matrix is as likely as any other
/// (Mezzadri, 2007).
/// </remarks>
public sealed class Orthogonal : Initializer
{
    /// <summary>An orthogonal matrix times a number.</summary>
    /// <param name="gain">The number; 1 unless told otherwise.</param>
    /// <exception cref="ArgumentException">The gain is not finite.</exception>
    public Orthogonal(double gain = 1) => Gain = double.IsFinite(gain)
        ? gain
        : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Orthogonal: expected a finite gain, got {gain}."), nameof(gain));

    /// <summary>What the matrix is multiplied by.</summary>
    public double Gain { get; }

    /// <inheritdoc/>
    public override string ClassName => nameof(Orthogonal);

    internal static Orthogonal FromConfig(LayerConfig config) => new(config.Number("gain", 1));

    /// <inheritdoc/>
    public override JsonObject GetConfig() => new() { ["gain"] = Gain };

    /// <inheritdoc/>
    protected override void Fill(Span<double> values, Shape shape, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Rank < 2) throw new ArgumentException($"Orthogonal: expected a shape of two axes or more, got {shape}. A vector has nothing to be at right angles to.", nameof(shape));
        if (values.IsEmpty) return;
        int columns = shape[-1], rows = values.Length / columns;
        (int tall, int narrow) = (Math.Max(rows, columns), Math.Min(rows, columns));
        double[] normal = new double[values.Length];
        Draw.Normal(normal, rng, 0, 1);

        QR<double> qr = Matrix<double>.Build.DenseOfRowMajor(tall, narrow, normal).QR(QRMethod.Thin);
        for (int i = 0; i < tall; i++)
        {
            for (int j = 0; j < narrow; j++)
            {
                double element = Gain * (qr.R[j, j] < 0 ? -qr.Q[i, j] : qr.Q[i, j]);
                values[rows < columns ? (j * columns) + i : (i * columns) + j] = element;
            }
        }
    }
}
