using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>Normal numbers of one mean and deviation, whatever the shape.</summary>
public sealed class RandomNormal : Initializer
{
    /// <summary>Draws from a normal distribution.</summary>
    /// <param name="mean">The mean; 0 unless told otherwise.</param>
    /// <param name="deviation">The standard deviation, 0 or more; 0.05 unless told otherwise.</param>
    /// <exception cref="ArgumentException">The mean is not finite, or the deviation negative or not finite.</exception>
    public RandomNormal(double mean = 0, double deviation = 0.05)
    {
        Check(nameof(RandomNormal), mean, deviation);
        (Mean, Deviation) = (mean, deviation);
    }

    /// <summary>The mean.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation.</summary>
    public double Deviation { get; }

    /// <inheritdoc/>
    public override string ClassName => nameof(RandomNormal);

    internal static RandomNormal FromConfig(LayerConfig config) => new(config.Number("mean", 0), config.Number("stddev", 0.05));

    internal static void Check(string what, double mean, double deviation)
    {
        if (!double.IsFinite(mean) || deviation is not (>= 0 and < double.PositiveInfinity))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{what}: expected a finite mean and a finite deviation of 0 or more, got {mean} and {deviation}."));
        }
    }

    /// <inheritdoc/>
    public override JsonObject GetConfig() => new() { ["mean"] = Mean, ["stddev"] = Deviation };

    /// <inheritdoc/>
    protected override void Fill(Span<double> values, Shape shape, Rng rng) => Draw.Normal(values, rng, Mean, Deviation);
}
