using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// The biased variance over axes, Σ(x - μ)²/m, in two passes: the mean is taken out before squaring, so that an offset far above the spread cancels nothing
    /// (batchnorm.md G14).
    /// </summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes to reduce; all of them where null.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    public static Variable Variance(Variable x, Axes? axes = null, bool keepDimensions = false) =>
        Mean(Square(x - Mean(x, axes, keepDimensions: true)), axes, keepDimensions);
}
