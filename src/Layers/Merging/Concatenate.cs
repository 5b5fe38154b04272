using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>The inputs one behind the other along an axis; they are alike in all other sizes. Keras's layer of that name, built from <see cref="Op.Concatenate"/>.</summary>
public sealed class Concatenate : Merge
{
    /// <summary>The axis, the batch's counted as 0; -1, the last, unless told otherwise.</summary>
    public int Axis { get; init; } = -1;

    /// <inheritdoc/>
    public override Shape OutputShape(IReadOnlyList<Shape> inputShapes)
    {
        RefuseOtherThanTwo(inputShapes, orMore: true);
        Shape first = inputShapes[0];
        int axis = (Axis < 0 ? Axis + first.Rank + 1 : Axis) - 1;
        if (axis < 0 || axis >= first.Rank) throw new ArgumentException($"{this}: expected an axis inside input of shape {Batched(first)}, other than the batch's, got {Axes.FromInt32(Axis)}.", nameof(inputShapes));
        if (inputShapes.Any(shape => shape.Rank != first.Rank || shape.With(axis, first[axis]) != first))
        {
            throw new ArgumentException($"{this}: expected inputs alike in all sizes but the axis's, got {Batched(inputShapes)}.", nameof(inputShapes));
        }

        return first.With(axis, inputShapes.Sum(shape => shape[axis]));
    }

    /// <inheritdoc/>
    public override string ToString() => Axis == -1 ? "Concatenate()" : $"Concatenate(axis: {Axes.FromInt32(Axis)})";

    internal static Concatenate FromConfig(LayerConfig config) => new() { Axis = config.WholeNumber("axis", -1) };

    /// <inheritdoc/>
    protected override Variable Call(IReadOnlyList<Variable> xs, Mode mode) => Op.Concatenate(xs, Axis);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["axis"] = Axis;
    }
}
