using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// y = x, which adds (l1·Σ|x| + l2·Σx²)/N to the loss for a batch of N: <see cref="Layer.ActivityRegularizer"/> as a layer of its own. The shape stays.
/// </summary>
public sealed class ActivityRegularization : Layer
{
    private readonly L1L2 terms;

    /// <summary>A term with its two factors.</summary>
    /// <param name="l1">The factor of the absolute values; 0 unless told otherwise.</param>
    /// <param name="l2">The factor of the squares; 0 unless told otherwise.</param>
    /// <exception cref="ArgumentException">A factor is negative or no number.</exception>
    public ActivityRegularization(double l1 = 0, double l2 = 0) => ActivityRegularizer = terms = new L1L2(l1, l2);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"ActivityRegularization(l1: {terms.Absolute}, l2: {terms.Squared})");

    internal static ActivityRegularization FromConfig(LayerConfig config) => new(config.Number("l1", 0), config.Number("l2", 0));

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode) => x;

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Remove("activity_regularizer");
        config["l1"] = terms.Absolute;
        config["l2"] = terms.Squared;
    }
}
