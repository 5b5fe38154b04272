using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>The mean over axes: their sum divided by the number of elements that went into each.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes to average over; all of them where null.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    public static Variable Mean(Variable x, Axes? axes = null, bool keepDimensions = false)
    {
        Variable sum = Sum(x, axes, keepDimensions);
        return sum / CountPerResult(x.Shape, axes);
    }

    /// <summary>How many elements a reduction folds into each of its results.</summary>
    private static int CountPerResult(Shape shape, Axes? axes)
    {
        int count = 1;
        foreach (int axis in ReducedAxes(shape, axes)) count *= shape[axis];
        return count;
    }
}
