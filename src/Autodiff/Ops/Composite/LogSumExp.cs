using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// ln Σ eˣ over axes, with the maximum taken out first: ln Σ eˣ = m + ln Σ eˣ⁻ᵐ for any m, and with m = max x nothing overflows. The maximum is a constant to
    /// the derivative, since the value does not depend on it.
    /// </summary>
    /// <param name="x">Any shape with at least one element along the axes.</param>
    /// <param name="axes">The axes to reduce; all of them where null.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    public static Variable LogSumExp(Variable x, Axes? axes = null, bool keepDimensions = false)
    {
        Variable max = StopGradient(Max(x, axes, keepDimensions: true));
        Variable result = max + Log(Sum(Exp(x - max), axes, keepDimensions: true));
        return keepDimensions ? result : Sum(result, axes);
    }
}
