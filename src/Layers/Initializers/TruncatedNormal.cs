using System.Text.Json.Nodes;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// Normal numbers, drawn again where they lie further than two deviations from the mean. As in Keras the deviation is that of the normal distribution before it is cut: what
/// comes out has 0.87962566 of it. <see cref="VarianceScaling"/> makes up for that, this does not.
/// </summary>
public sealed class TruncatedNormal : Initializer
{
    /// <summary>Draws from a normal distribution that is cut off.</summary>
    /// <param name="mean">The mean; 0 unless told otherwise.</param>
    /// <param name="deviation">The standard deviation before the cut, 0 or more; 0.05 unless told otherwise.</param>
    /// <exception cref="ArgumentException">The mean is not finite, or the deviation negative or not finite.</exception>
    public TruncatedNormal(double mean = 0, double deviation = 0.05)
    {
        RandomNormal.Check(nameof(TruncatedNormal), mean, deviation);
        (Mean, Deviation) = (mean, deviation);
    }

    /// <summary>The mean.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation before the cut.</summary>
    public double Deviation { get; }

    /// <inheritdoc/>
    public override string ClassName => nameof(TruncatedNormal);

    internal static TruncatedNormal FromConfig(LayerConfig config) => new(config.Number("mean", 0), config.Number("stddev", 0.05));

    /// <inheritdoc/>
    public override JsonObject GetConfig() => new() { ["mean"] = Mean, ["stddev"] = Deviation };

    /// <inheritdoc/>
    protected override void Fill(Span<double> values, Shape shape, Rng rng) => Draw.TruncatedNormal(values, rng, Mean, Deviation);
}
