using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// In training y = x·noise, drawn from a normal distribution around 1 with deviation √(rate/(1 - rate)), the same mean and variance that <see cref="Dropout"/>'s mask has; in
/// inference y = x. Srivastava et al., 2014, section 10. Built from <see cref="Op.Multiply"/>. The shape stays.
/// </summary>
/// <param name="rate">The rate of the dropout that it stands for, from 0 (no noise) up to, not including, 1.</param>
/// <exception cref="ArgumentOutOfRangeException">The rate lies elsewhere.</exception>
public sealed class GaussianDropout(double rate) : StochasticLayer
{
    /// <summary>The rate of the dropout that it stands for.</summary>
    public double Rate { get; } = CheckedRate(rate, nameof(GaussianDropout));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"GaussianDropout({Rate})");

    internal static GaussianDropout FromConfig(LayerConfig config) => new(config.RequiredNumber("rate"));

    /// <inheritdoc/>
    protected override bool IsActive => Rate > 0;

    /// <inheritdoc/>
    protected override Variable Disturb(Variable x, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x * Draw.Tensor(x, values => Draw.Normal(values, rng, 1, Math.Sqrt(Rate / (1 - Rate))));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["rate"] = Rate;
    }
}
