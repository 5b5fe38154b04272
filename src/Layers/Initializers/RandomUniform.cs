using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>Uniform numbers between two bounds, whatever the shape.</summary>
public sealed class RandomUniform : Initializer
{
    /// <summary>Draws from low up to, not including, high.</summary>
    /// <param name="low">The lower bound, Keras's <c>minval</c>; -0.05 unless told otherwise.</param>
    /// <param name="high">The upper bound, Keras's <c>maxval</c>; 0.05 unless told otherwise.</param>
    /// <exception cref="ArgumentException">The bounds are not finite or not in order.</exception>
    public RandomUniform(double low = -0.05, double high = 0.05)
    {
        if (!(low <= high && double.IsFinite(high - low))) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"RandomUniform: expected finite bounds in ascending order, got {low} and {high}."));
        (Low, High) = (low, high);
    }

    /// <summary>The lower bound.</summary>
    public double Low { get; }

    /// <summary>The upper bound.</summary>
    public double High { get; }

    /// <inheritdoc/>
    public override string ClassName => nameof(RandomUniform);

    internal static RandomUniform FromConfig(LayerConfig config) => new(config.Number("minval", -0.05), config.Number("maxval", 0.05));

    /// <inheritdoc/>
    public override JsonObject GetConfig() => new() { ["minval"] = Low, ["maxval"] = High };

    /// <inheritdoc/>
    protected override void Fill(Span<double> values, Shape shape, Rng rng) => Draw.Uniform(values, rng, Low, High);
}
