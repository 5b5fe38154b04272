using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>What layers that take statistics of a data set have in common.</summary>
internal static class Fitting
{
    /// <summary>A data set's numbers, checked against the shape that a layer was built for.</summary>
    public static double[] Values(Layer layer, Tensor data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (layer.InputShape is not { } shape) throw new InvalidOperationException($"{layer}: expected a layer that has been built, got one that has not. Add it to a Sequential first.");
        return data.Rank == shape.Rank + 1 && data.Shape[0] > 0 && data.Shape.WithoutFirst() == shape
            ? data.ToDoubles()
            : throw new ArgumentException($"{layer}: expected one example or more of shape {Layer.Batched(shape)}, got {data.Shape}.", nameof(data));
    }
}
