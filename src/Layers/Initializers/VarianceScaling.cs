using System.Text.Json.Nodes;
using MathNet.Numerics.Distributions;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// Numbers of variance 1/n around 0, where n follows from the kernel's shape [fan in, fan out], so that signals keep their size from layer to layer.
/// Glorot and Bengio (2010): n = (fan in + fan out)/2. He et al. (2015): n = fan in / 2.
/// </summary>
/// <remarks>
/// The normal ones are truncated as tf.keras does it (batchnorm.md D15): drawn with σ' = σ/0.87962566 and redrawn beyond ±2σ', which gives the variance σ² again.
/// The uniform ones lie within ±√(3/n).
/// </remarks>
public sealed class VarianceScaling : Initializer
{
    /// <summary>The standard deviation of a standard normal that is cut off at ±2.</summary>
    private const double TruncatedDeviation = 0.87962566103423978;

    private readonly Func<int, int, double> count;
    private readonly bool normal;

    private VarianceScaling(string className, Func<int, int, double> count, bool normal) => (ClassName, this.count, this.normal) = (className, count, normal);

    /// <inheritdoc/>
    public override string ClassName { get; }

    /// <summary>Glorot's variance 2/(fan in + fan out), under Keras's names.</summary>
    internal static VarianceScaling Glorot(bool normal) => new(normal ? "GlorotNormal" : "GlorotUniform", (fanIn, fanOut) => (fanIn + fanOut) / 2.0, normal);

    /// <summary>He's variance 2/fan in, under Keras's names.</summary>
    internal static VarianceScaling He(bool normal) => new(normal ? "HeNormal" : "HeUniform", (fanIn, _) => fanIn / 2.0, normal);

    /// <inheritdoc/>
    protected internal override JsonObject GetConfig() => [];

    /// <inheritdoc/>
    protected override void Fill(Span<double> values, Shape shape, Rng rng)
    {
        (int fanIn, int fanOut) = shape.Rank switch
        {
            0 => (1, 1),
            1 => (shape[0], shape[0]),
            _ => (shape.ElementCount / Math.Max(1, shape[-1]), shape[-1]),
        };
        double variance = 1 / Math.Max(0.5, count(fanIn, fanOut));
        if (normal)
        {
            double deviation = Math.Sqrt(variance) / TruncatedDeviation;
            foreach (ref double value in values) value = Truncated(rng) * deviation;
        }
        else
        {
            double limit = Math.Sqrt(3 * variance);
            foreach (ref double value in values) value = ((2 * rng.NextDouble()) - 1) * limit;
        }
    }

    private static double Truncated(Rng rng)
    {
        while (true)
        {
            double value = Normal.Sample(rng, 0, 1);
            if (Math.Abs(value) <= 2) return value;
        }
    }
}
