using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>What <see cref="VarianceScaling"/> counts: Keras's <c>mode</c>.</summary>
public enum ScalingMode
{
    /// <summary>The numbers that come in: He's and LeCun's.</summary>
    FanIn,

    /// <summary>The numbers that go out.</summary>
    FanOut,

    /// <summary>The mean of both: Glorot's.</summary>
    FanAvg,
}

/// <summary>What <see cref="VarianceScaling"/> draws from: Keras's <c>distribution</c>.</summary>
public enum Distribution
{
    /// <summary>A normal one cut off at two deviations, which are widened so that the variance is the one asked for.</summary>
    TruncatedNormal,

    /// <summary>A normal one.</summary>
    UntruncatedNormal,

    /// <summary>A uniform one.</summary>
    Uniform,
}

/// <summary>
/// Numbers of variance scale/n around 0, where n follows from the kernel's shape, so that signals keep their size from layer to layer. For [in, out] the fans are in and out;
/// for [window..., in, out] each is multiplied by the window's size; for [n] both are n.
/// Glorot and Bengio (2010): scale 1 by the mean fan. He et al. (2015): scale 2 by fan in. LeCun et al. (1998): scale 1 by fan in.
/// </summary>
/// <remarks>
/// The normal ones are truncated as tf.keras does it (batchnorm.md D15): drawn with σ' = σ/0.87962566 and redrawn beyond ±2σ', which gives the variance σ² again.
/// The uniform ones lie within ±√(3·variance).
/// </remarks>
public sealed class VarianceScaling : Initializer
{
    private readonly string? name;

    /// <summary>Draws of a variance that follows from the shape.</summary>
    /// <param name="scale">The variance times n; 1 unless told otherwise.</param>
    /// <param name="mode">What n is; fan in unless told otherwise.</param>
    /// <param name="distribution">Truncated normal unless told otherwise.</param>
    /// <exception cref="ArgumentException">The scale is not above 0 and finite.</exception>
    public VarianceScaling(double scale = 1, ScalingMode mode = ScalingMode.FanIn, Distribution distribution = Distribution.TruncatedNormal)
    {
        if (scale is not (> 0 and < double.PositiveInfinity)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"VarianceScaling: expected a finite scale above 0, got {scale}."), nameof(scale));
        (Scale, Mode, Distribution) = (scale, mode, distribution);
    }

    /// <summary>One with a class name of its own in Keras.</summary>
    internal VarianceScaling(string name, double scale, ScalingMode mode, Distribution distribution)
        : this(scale, mode, distribution) => this.name = name;

    /// <summary>The variance times n.</summary>
    public double Scale { get; }

    /// <summary>What n is.</summary>
    public ScalingMode Mode { get; }

    /// <summary>What is drawn from.</summary>
    public Distribution Distribution { get; }

    /// <inheritdoc/>
    public override string ClassName => name ?? nameof(VarianceScaling);

    // Keras 2.2 and before say normal for what they truncate too.
    internal static VarianceScaling FromConfig(LayerConfig config) => new(
        config.Number("scale", 1),
        config.Choice("mode", ScalingMode.FanIn),
        config.Nodes("distribution")?.ToString() == "normal" ? Distribution.TruncatedNormal : config.Choice("distribution", Distribution.TruncatedNormal));

    /// <inheritdoc/>
    public override JsonObject GetConfig() => name is not null
        ? []
        : new() { ["scale"] = Scale, ["mode"] = LayerJson.Snake(Mode), ["distribution"] = LayerJson.Snake(Distribution) };

    /// <inheritdoc/>
    protected override void Fill(Span<double> values, Shape shape, Rng rng)
    {
        (double fanIn, double fanOut) = Fans(shape);
        double n = Mode switch { ScalingMode.FanIn => fanIn, ScalingMode.FanOut => fanOut, _ => (fanIn + fanOut) / 2 };
        double variance = Scale / Math.Max(1, n);
        switch (Distribution)
        {
            case Distribution.TruncatedNormal: Draw.TruncatedNormal(values, rng, 0, Math.Sqrt(variance) / Draw.TruncatedDeviation); break;
            case Distribution.UntruncatedNormal: Draw.Normal(values, rng, 0, Math.Sqrt(variance)); break;
            default: Draw.Symmetric(values, rng, Math.Sqrt(3 * variance)); break;
        }
    }

    private static (double In, double Out) Fans(Shape shape)
    {
        if (shape.Rank == 0) return (1, 1);
        if (shape.Rank == 1) return (shape[0], shape[0]);
        double window = 1;
        for (int axis = 0; axis < shape.Rank - 2; axis++) window *= shape[axis];
        return (window * shape[-2], window * shape[-1]);
    }
}
