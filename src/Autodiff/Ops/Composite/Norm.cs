using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// The p-norm over axes, (Σ|x|ᵖ)^(1/p). The largest magnitude is taken out first, ‖x‖ = m·‖x/m‖, so that squares neither overflow nor vanish; it is a constant to the
    /// derivative, since the value does not depend on it. At the zero vector the gradient is 0, one of the subgradients.
    /// </summary>
    /// <param name="x">Any shape; the norm of nothing is 0.</param>
    /// <param name="axes">The axes to reduce; all of them where null.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    /// <param name="p">1 or more; 2, the Euclidean norm, unless told otherwise. Infinity gives the largest magnitude.</param>
    /// <exception cref="ArgumentException">p is below 1 or NaN.</exception>
    public static Variable Norm(Variable x, Axes? axes = null, bool keepDimensions = false, double p = 2)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!(p >= 1)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Norm: expected p of 1 or more, got {p}."), nameof(p));
        Variable magnitudes = Abs(x);
        if (p == 1 || CountPerResult(x.Shape, axes) == 0) return Sum(magnitudes, axes, keepDimensions);
        if (double.IsPositiveInfinity(p)) return Max(magnitudes, axes, keepDimensions);

        Variable zero = Tensor.Scalar(0, x.DType), one = Tensor.Scalar(1, x.DType), infinity = Tensor.Scalar(double.PositiveInfinity, x.DType);
        Variable largest = StopGradient(Max(magnitudes, axes, keepDimensions: true));
        Variable isZero = Equal(largest, zero);
        Variable scale = Where(isZero + Equal(largest, infinity), one, largest);
        Variable sum = Sum(p == 2 ? Square(x / scale) : Power(magnitudes / scale, p), axes, keepDimensions: true);
        // The root's slope at 0 is infinite: it is not taken there.
        Variable safe = Where(isZero, one, sum);
        Variable norm = Where(isZero, zero, scale * (p == 2 ? Sqrt(safe) : Power(safe, 1 / p)));
        return keepDimensions ? norm : Sum(norm, axes);
    }
}
