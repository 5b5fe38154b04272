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
        if (x.Shape.ElementCount == 0) return x;
        int count = InputShape!.ElementCount;
        Variable rows = x.Reshape(x.Shape[0], count);
        Variable centered = rows - Op.Mean(rows, 1, keepDimensions: true);

        // The bound is put on the variance: the root of 0 has no derivative.
        Variable variance = Op.Maximum(Op.Mean(Op.Square(centered), 1, keepDimensions: true), Tensor.Scalar(1.0 / count, x.DType));
        return Op.Reshape(centered / Op.Sqrt(variance), x.Shape);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
    }
}
