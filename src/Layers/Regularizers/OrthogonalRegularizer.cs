using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>What <see cref="OrthogonalRegularizer"/> holds at right angles: Keras's <c>mode</c>.</summary>
public enum OrthogonalMode
{
    /// <summary>The matrix's rows.</summary>
    Rows,

    /// <summary>The matrix's columns.</summary>
    Columns,
}

/// <summary>
/// The mean |cosine| of the angle between each two rows of a matrix, or columns, times a factor: 0 where all are at right angles. Each is first divided by
/// √max(Σw², 10⁻¹²), as in Keras. One row alone has no other to be compared with, and adds 0.
/// </summary>
public sealed class OrthogonalRegularizer : Regularizer
{
    private const double SmallestSquare = 1e-12;

    /// <summary>A term with its factor.</summary>
    /// <param name="factor">What the mean is multiplied by; 0.01 unless told otherwise.</param>
    /// <param name="mode">Rows unless told otherwise.</param>
    /// <exception cref="ArgumentException">The factor is negative or no number.</exception>
    public OrthogonalRegularizer(double factor = 0.01, OrthogonalMode mode = OrthogonalMode.Rows)
    {
        if (!(factor >= 0)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"OrthogonalRegularizer: expected a factor of 0 or more, got {factor}."), nameof(factor));
        (Factor, Mode) = (factor, mode);
    }

    /// <summary>What the mean is multiplied by.</summary>
    public double Factor { get; }

    /// <summary>What is held at right angles.</summary>
    public OrthogonalMode Mode { get; }

    /// <inheritdoc/>
    public override string ClassName => nameof(OrthogonalRegularizer);

    /// <inheritdoc/>
    public override JsonObject GetConfig() => new() { ["factor"] = Factor, ["mode"] = LayerJson.Snake(Mode) };

    internal static OrthogonalRegularizer FromConfig(LayerConfig config) => new(config.Number("factor", 0.01), config.Choice("mode", OrthogonalMode.Rows));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The weight is not a matrix.</exception>
    public override Variable Penalty(Variable weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (weight.Shape.Rank != 2) throw new ArgumentException($"OrthogonalRegularizer: expected a matrix, got {weight.Shape}.", nameof(weight));
        bool rows = Mode == OrthogonalMode.Rows;
        int count = weight.Shape[rows ? 0 : 1];
        Variable squares = Op.Sum(Op.Square(weight), rows ? 1 : 0, keepDimensions: true);
        Variable units = weight * Op.Rsqrt(Op.Maximum(squares, Tensor.Scalar(SmallestSquare, weight.DType)));
        Tensor others = Tensor.From([.. Enumerable.Range(0, count * count).Select(i => i / count == i % count ? 0.0 : 1)], [count, count]).Cast(weight.DType);
        Variable cosines = Op.MatMul(units, units, transposeA: !rows, transposeB: rows) * others;
        return Op.Sum(Op.Abs(cosines)) * (Factor / Math.Max(1, count * (count - 1.0)));
    }
}
