using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = x where x &gt; θ, else 0, elementwise; NaN stays. The derivative at θ is 0, like that below. Konda, Memisevic, Krueger, 2014.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="theta">θ, 0 or more; 1 unless told otherwise, as in Keras.</param>
    /// <exception cref="ArgumentException">θ is negative or NaN.</exception>
    public static Variable ThresholdedRelu(Variable x, double theta = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!(theta >= 0)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"ThresholdedRelu: expected theta of 0 or more, got {theta}."), nameof(theta));
        return Where(LessOrEqual(x, Tensor.Scalar(theta, x.DType)), Tensor.Scalar(0, x.DType), x);
    }
}
