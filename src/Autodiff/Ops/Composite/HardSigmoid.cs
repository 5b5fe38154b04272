namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = slope·x + 1/2 between the bounds 0 and 1, elementwise: three straight pieces in place of <see cref="Sigmoid"/>. The derivative at the kinks is slope.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="slope">0.2 unless told otherwise, as in Keras up to version 2; that of Keras 3 and PyTorch is 1/6.</param>
    public static Variable HardSigmoid(Variable x, double slope = 0.2)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Clip((x * slope) + 0.5, 0, 1);
    }
}
