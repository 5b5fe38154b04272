namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = x/(1 + |x|), elementwise; NaN at ±∞.</summary>
    public static Variable Softsign(Variable x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x / (Abs(x) + 1);
    }
}
