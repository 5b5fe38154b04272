using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>A matrix with a number on the diagonal and 0 elsewhere; it need not be square.</summary>
public sealed class Identity : Initializer
{
    /// <summary>The identity matrix times a number.</summary>
    /// <param name="gain">The number; 1 unless told otherwise.</param>
    /// <exception cref="ArgumentException">The gain is not finite.</exception>
    public Identity(double gain = 1) => Gain = double.IsFinite(gain)
        ? gain
        : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Identity: expected a finite gain, got {gain}."), nameof(gain));

    /// <summary>What stands on the diagonal.</summary>
    public double Gain { get; }

    /// <inheritdoc/>
    public override string ClassName => nameof(Identity);

    internal static Identity FromConfig(LayerConfig config) => new(config.Number("gain", 1));

    /// <inheritdoc/>
    public override JsonObject GetConfig() => new() { ["gain"] = Gain };

    /// <inheritdoc/>
    protected override void Fill(Span<double> values, Shape shape, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Rank != 2) throw new ArgumentException($"Identity: expected a shape of two axes, got {shape}.", nameof(shape));
        for (int i = 0; i < Math.Min(shape[0], shape[1]); i++) values[(i * shape[1]) + i] = Gain;
    }
}
