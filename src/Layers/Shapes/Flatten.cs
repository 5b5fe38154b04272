using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// Lays each example's axes out as one, row-major: [N, 28, 28] becomes [N, 784]. Nothing is copied. Built from <see cref="Op.Reshape"/>.
/// </summary>
public sealed class Flatten : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return [inputShape.ElementCount];
    }

    /// <inheritdoc/>
    public override string ToString() => "Flatten()";

    internal static Flatten FromConfig(LayerConfig config) => new();

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Op.Reshape(x, [x.Shape[0], InputShape!.ElementCount]);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
    }
}
