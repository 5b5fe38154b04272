using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// ln Σ eˣ over axes, with the maximum taken out first: ln Σ eˣ = m + ln Σ eˣ⁻ᵐ for any m, and with m = max x nothing overflows. The maximum is a constant to
    /// the derivative, since the value does not depend on it. Over nothing but -∞, which is ln 0, the result is -∞ and its gradient 0.
    /// </summary>
    /// <param name="x">Any shape with at least one element along the axes.</param>
    /// <param name="axes">The axes to reduce; all of them where null.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    public static Variable LogSumExp(Variable x, Axes? axes = null, bool keepDimensions = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        Variable max = StopGradient(Max(x, axes, keepDimensions: true));

        // -∞ - (-∞) would be NaN, so what is taken out is finite. Then the sum is 1 or more, but for 0 where all is -∞: there the bound also keeps 1/0 out of the gradient.
        double largest = x.DType == DType.F32 ? float.MaxValue : double.MaxValue;
        Variable sum = Sum(Exp(x - Clip(max, -largest, largest)), axes, keepDimensions: true);
        Variable result = max + Log(Clip(sum, 0.5, double.PositiveInfinity));
        return keepDimensions ? result : Sum(result, axes);
    }
}
