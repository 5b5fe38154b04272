using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// y = (x - μ)/max(σ, 1/√n) with mean and deviation of each example's n elements, so that every image has mean 0 and variance 1 and one of a single colour becomes 0:
/// <c>tf.image.per_image_standardization</c>, formerly called per-image whitening (batchnorm.md B1). Built from <see cref="Op.Mean"/>, <see cref="Op.Square"/> and
/// <see cref="Op.Sqrt"/>. The shape stays.
/// </summary>
public sealed class PerImageStandardization : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override string ToString() => "PerImageStandardization()";

    internal static PerImageStandardization FromConfig(LayerConfig config) => new();

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Standardization.Of(x, x.Shape[0]);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
    }
}
