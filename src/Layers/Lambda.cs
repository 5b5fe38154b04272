using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// A function of one's own as a layer: <c>new Lambda(x => Op.Square(x))</c>. It has no weights, and cannot be written as JSON, which holds no code: a layer that is to be saved
/// with its model derives from <see cref="Layer"/>.
/// </summary>
/// <param name="function">Maps [N, ...input] to [N, ...output], in operations.</param>
public sealed class Lambda(Func<Variable, Variable> function) : Layer
{
    private readonly Func<Variable, Variable> function = function ?? throw new ArgumentNullException(nameof(function));

    /// <summary>
    /// The output's shape for an input's, both without the batch axis. Null, the default, finds it out: the function is called with one example of zeros.
    /// </summary>
    public Func<Shape, Shape>? ShapeFunction { get; init; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (ShapeFunction is not null) return ShapeFunction(inputShape);
        Shape shape = function(Tensor.Zeros(inputShape.Prepend(1), DType)).Shape;
        return shape.Rank > 0 && shape[0] == 1
            ? shape.WithoutFirst()
            : throw new ArgumentException($"{this}: expected a function that keeps the batch's axis, got {shape} of [1, {string.Join(", ", inputShape)}].", nameof(inputShape));
    }

    /// <inheritdoc/>
    public override string ToString() => "Lambda()";

    internal static Lambda FromConfig(LayerConfig config) =>
        throw new ArgumentException("Lambda: expected a layer that JSON can hold, got a function of somebody's own. Build the model in code, and load its weights.");

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode) => function(x);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) =>
        throw new InvalidOperationException($"{this}: expected a layer that can be saved, got one that is a function of one's own. Derive a class from Layer.");
}
