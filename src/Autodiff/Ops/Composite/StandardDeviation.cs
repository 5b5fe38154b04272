using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// The standard deviation over axes, √(Σ(x - μ)²/(m - correction)): the <see cref="Norm"/> of the distances from the mean, so that its gradient is 0, and not NaN, where
    /// all elements are equal.
    /// </summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes to reduce; all of them where null.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    /// <param name="correction">What is taken off the count: 0, the default, gives the biased one; 1 is Bessel's. NaN or infinity where nothing is left.</param>
    public static Variable StandardDeviation(Variable x, Axes? axes = null, bool keepDimensions = false, double correction = 0)
    {
        Variable distance = Norm(x - Mean(x, axes, keepDimensions: true), axes, keepDimensions);
        return distance / Math.Sqrt(CorrectedCount(x.Shape, axes, correction));
    }
}
