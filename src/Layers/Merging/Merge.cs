using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// A function of several inputs, which it makes one. A merge of one's own implements <see cref="OutputShape(IReadOnlyList{Shape})"/> and
/// <see cref="Layer.Call(IReadOnlyList{Variable}, Mode)"/>, and overrides <see cref="Layer.Build(IReadOnlyList{Shape}, DType, Rng)"/> where it has parameters.
/// </summary>
public abstract class Merge : Layer
{
    /// <inheritdoc/>
    public sealed override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return OutputShape((IReadOnlyList<Shape>)[inputShape]);
    }

    /// <inheritdoc/>
    public abstract override Shape OutputShape(IReadOnlyList<Shape> inputShapes);

    /// <inheritdoc/>
    public override string ToString() => $"{GetType().Name}()";

    /// <summary>A merge is not built for one input: <see cref="OutputShape(Shape)"/> has refused it.</summary>
    protected sealed override void Build(Shape inputShape, DType dtype, Rng rng)
    {
    }

    /// <inheritdoc/>
    protected override void Build(IReadOnlyList<Shape> inputShapes, DType dtype, Rng rng)
    {
    }

    /// <inheritdoc/>
    protected sealed override Variable Call(Variable x, Mode mode) => Call([x], mode);

    /// <inheritdoc/>
    protected abstract override Variable Call(IReadOnlyList<Variable> xs, Mode mode);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
    }

    /// <summary>Refuses fewer than two inputs, or more than two where there cannot be.</summary>
    private protected void RefuseOtherThanTwo(IReadOnlyList<Shape> inputShapes, bool orMore)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (inputShapes.Count == 2 || (orMore && inputShapes.Count > 2)) return;
        throw new ArgumentException($"{this}: expected two inputs{(orMore ? " or more" : "")}, got {inputShapes.Count}.", nameof(inputShapes));
    }
}
