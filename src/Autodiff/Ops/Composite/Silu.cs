namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = x·sigmoid(x) = x/(1 + e⁻ˣ), elementwise, also known as swish. Elfwing, Uchibe, Doya, 2017.</summary>
    public static Variable Silu(Variable x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x * Sigmoid(x);
    }
}
