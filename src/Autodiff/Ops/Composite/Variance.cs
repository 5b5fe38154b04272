using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// The variance over axes, Σ(x - μ)²/(m - correction), in two passes: the mean is taken out before squaring, so that an offset far above the spread cancels nothing
    /// (batchnorm.md G14).
    /// </summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes to reduce; all of them where null.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    /// <param name="correction">What is taken off the count: 0, the default, gives the biased one; 1 is Bessel's. NaN or infinity where nothing is left.</param>
    public static Variable Variance(Variable x, Axes? axes = null, bool keepDimensions = false, double correction = 0)
    {
        Variable squares = Square(x - Mean(x, axes, keepDimensions: true));
        return Sum(squares, axes, keepDimensions) / CorrectedCount(x.Shape, axes, correction);
    }

    /// <summary>How many elements go into each result, less a correction; 0 where that would be negative.</summary>
    private static double CorrectedCount(Shape shape, Axes? axes, double correction) => Math.Max(0, CountPerResult(shape, axes) - correction);
}
