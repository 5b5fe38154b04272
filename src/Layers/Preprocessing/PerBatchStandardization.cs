using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// y = (x - μ)/max(σ, 1/√n) with the one mean and the one deviation of all n elements of a batch, in training as in inference: an example's output depends on its batch
/// (batchnorm.md B1). Without that, and for each feature, use <see cref="BatchNormalization"/>. Built from <see cref="Op.Mean"/>, <see cref="Op.Square"/> and
/// <see cref="Op.Sqrt"/>. The shape stays.
/// </summary>
public sealed class PerBatchStandardization : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override string ToString() => "PerBatchStandardization()";

    internal static PerBatchStandardization FromConfig(LayerConfig config) => new();

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Standardization.Of(x, 1);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
    }
}
