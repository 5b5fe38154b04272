using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>In training y = x + noise, drawn anew for each pass from a normal distribution around 0; in inference y = x. Built from <see cref="Op.Add"/>. The shape stays.</summary>
public sealed class GaussianNoise : StochasticLayer
{
    /// <summary>Adds noise.</summary>
    /// <param name="deviation">Its standard deviation, 0 or more: Keras's <c>stddev</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public GaussianNoise(double deviation) => Deviation = deviation is >= 0 and < double.PositiveInfinity
        ? deviation
        : throw new ArgumentOutOfRangeException(nameof(deviation), FormattableString.Invariant($"GaussianNoise: expected a finite deviation of 0 or more, got {deviation}."));

    /// <summary>The noise's standard deviation.</summary>
    public double Deviation { get; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"GaussianNoise({Deviation})");

    internal static GaussianNoise FromConfig(LayerConfig config) => new(config.RequiredNumber("stddev"));

    /// <inheritdoc/>
    protected override bool IsActive => Deviation > 0;

    /// <inheritdoc/>
    protected override Variable Disturb(Variable x, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x + Draw.Tensor(x, values => Draw.Normal(values, rng, 0, Deviation));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["stddev"] = Deviation;
    }
}
