namespace Tapestry.Autodiff;

public static partial class Op
{
    private static readonly ExtremumRule MinimumRule = new(largest: false);

    /// <summary>The smaller of a and b, elementwise, broadcasting; NaN where either is. Equals share the gradient evenly.</summary>
    public static Variable Minimum(Variable a, Variable b) => Apply(MinimumRule, a, b);
}
