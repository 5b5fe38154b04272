using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>The transpose of broadcasting: sums x over the axes along which <paramref name="shape"/> would be repeated to reach x's shape.</summary>
    /// <param name="x">Any shape that <paramref name="shape"/> broadcasts to.</param>
    /// <param name="shape">The shape of the result.</param>
    /// <exception cref="ArgumentException">The shape does not broadcast to x's.</exception>
    public static Variable SumTo(Variable x, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(shape);
        if (x.Shape == shape) return x;
        if (!shape.BroadcastsTo(x.Shape)) throw new ArgumentException($"SumTo: expected a shape that broadcasts to {x.Shape}, got {shape}.", nameof(shape));

        int added = x.Shape.Rank - shape.Rank;
        int[] repeated = [.. Enumerable.Range(0, x.Shape.Rank).Where(axis => axis < added || (shape[axis - added] == 1 && x.Shape[axis] != 1))];
        return Reshape(repeated.Length == 0 ? x : Sum(x, Axes.Of(repeated)), shape);
    }
}
