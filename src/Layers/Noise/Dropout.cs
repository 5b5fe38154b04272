using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// In training each element is 0 with probability rate, else divided by 1 - rate, so that the expectation stays; in inference y = x. Srivastava et al., 2014.
/// Built from <see cref="Op.Multiply"/> by a mask. The shape stays.
/// </summary>
/// <param name="rate">The probability with which an element is dropped, from 0 (drops nothing) up to, not including, 1.</param>
/// <exception cref="ArgumentOutOfRangeException">The rate lies elsewhere.</exception>
public sealed class Dropout(double rate) : StochasticLayer
{
    /// <summary>The probability with which an element is dropped.</summary>
    public double Rate { get; } = CheckedRate(rate, nameof(Dropout));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Dropout({Rate})");

    internal static Dropout FromConfig(LayerConfig config)
    {
        config.Null("noise_shape");
        return new(config.Number("rate", 0.5));
    }

    /// <inheritdoc/>
    protected override bool IsActive => Rate > 0;

    /// <inheritdoc/>
    protected override Variable Disturb(Variable x, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x * Draw.Tensor(x, values => Draw.Kept(values, rng, Rate, 1 / (1 - Rate)));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["rate"] = Rate;
    }
}
