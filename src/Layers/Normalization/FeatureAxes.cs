using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>The axes along which a layer's parameters differ: never the batch's, whose size is not known when they are made.</summary>
internal static class FeatureAxes
{
    /// <summary>The axes, counted from the front with the batch axis.</summary>
    /// <exception cref="ArgumentException">One is not inside the input, is named twice, or is the batch's.</exception>
    public static int[] Resolve(Layer layer, Axes axis, Shape inputShape)
    {
        int[] resolved;
        try
        {
            resolved = axis.Resolve(inputShape.Rank + 1);
        }
        catch (ArgumentException)
        {
            throw new ArgumentException($"{layer}: expected each axis once and inside input of shape {Layer.Batched(inputShape)}, got axis {axis}.", nameof(inputShape));
        }

        return resolved is [0, ..]
            ? throw new ArgumentException($"{layer}: expected axes other than 0, the batch's, whose size is not known, got axis {axis}.", nameof(inputShape))
            : resolved;
    }

    /// <summary>The input's sizes along the axes, in their order.</summary>
    public static Shape Sizes(int[] axes, Shape inputShape) => Shape.Of([.. axes.Select(axis => inputShape[axis - 1])]);

    /// <summary>The shape in which parameters broadcast to a batch: size 1 along the other axes.</summary>
    public static Shape Broadcast(int[] axes, Shape inputShape) =>
        Shape.Of([.. Enumerable.Range(0, inputShape.Rank + 1).Select(axis => axes.Contains(axis) ? inputShape[axis - 1] : 1)]);
}
