using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// Dropout that keeps mean 0 and variance 1, for <see cref="Activations.Selu"/>: in training each element becomes α' = -λα with probability rate, where SELU levels off, and
/// the result is a·x + b with a = ((1 - rate)·(1 + rate·α'²))^-½ and b = -a·α'·rate; in inference y = x. Klambauer, Unterthiner, Mayr, Hochreiter, 2017.
/// Built from <see cref="Op.Multiply"/> and <see cref="Op.Add"/>. The shape stays.
/// </summary>
/// <param name="rate">The probability with which an element is dropped, from 0 (drops nothing) up to, not including, 1.</param>
/// <exception cref="ArgumentOutOfRangeException">The rate lies elsewhere.</exception>
public sealed class AlphaDropout(double rate) : StochasticLayer
{
    /// <summary>-λα: what <see cref="Op.Selu"/> tends to.</summary>
    private const double Saturation = -1.6732632423543772 * 1.0507009873554805;

    /// <summary>The probability with which an element is dropped.</summary>
    public double Rate { get; } = CheckedRate(rate, nameof(AlphaDropout));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"AlphaDropout({Rate})");

    internal static AlphaDropout FromConfig(LayerConfig config)
    {
        config.Null("noise_shape");
        return new(config.RequiredNumber("rate"));
    }

    /// <inheritdoc/>
    protected override bool IsActive => Rate > 0;

    /// <inheritdoc/>
    protected override Variable Disturb(Variable x, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(x);
        double a = 1 / Math.Sqrt((1 - Rate) * (1 + (Rate * Saturation * Saturation))), b = -a * Saturation * Rate;
        Tensor kept = Draw.Tensor(x, values => Draw.Kept(values, rng, Rate, 1));

        // a·(x·kept + α'·(1 - kept)) + b, with what does not depend on x put together.
        return (x * ((Variable)kept * a)) + (((Variable)kept * (-a * Saturation)) + ((a * Saturation) + b));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["rate"] = Rate;
    }
}
