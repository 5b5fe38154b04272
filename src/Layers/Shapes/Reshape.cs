using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>Each example's elements in another shape, row-major: [N, ...input] becomes [N, ...target]. Nothing is copied. Built from <see cref="Op.Reshape"/>.</summary>
public sealed class Reshape : Layer
{
    private readonly int[] sizes;

    /// <summary>A layer of that output shape.</summary>
    /// <param name="targetShape">The sizes without the batch axis: <c>new Reshape(7, -1)</c>. One may be -1, which is what is left.</param>
    public Reshape(params ReadOnlySpan<int> targetShape) => sizes = targetShape.ToArray();

    /// <summary>The sizes as they were given, without the batch axis.</summary>
    public IReadOnlyList<int> TargetShape => sizes;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        try
        {
            return Shape.Infer(sizes, inputShape.ElementCount);
        }
        catch (ArgumentException)
        {
            throw new ArgumentException($"{this}: expected input of as many elements as the target shape, got {Batched(inputShape)} with {inputShape.ElementCount}.", nameof(inputShape));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"Reshape({string.Join(", ", sizes)})";

    internal static Reshape FromConfig(LayerConfig config) => new([.. config.WholeNumbers("target_shape")]);

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Op.Reshape(x, OutputShape(InputShape!).Prepend(x.Shape[0]));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["target_shape"] = new JsonArray([.. sizes.Select(size => JsonValue.Create(size))]);
    }
}
