namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = x·tanh(ln(1 + eˣ)), elementwise. Misra, 2019.</summary>
    public static Variable Mish(Variable x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x * Tanh(Softplus(x));
    }
}
