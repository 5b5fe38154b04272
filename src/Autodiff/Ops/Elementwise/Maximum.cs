namespace Tapestry.Autodiff;

public static partial class Op
{
    private static readonly ExtremumRule MaximumRule = new(largest: true);

    /// <summary>
    /// The larger of a and b, elementwise, broadcasting; NaN where either is. Equals share the gradient evenly. The largest element of one tensor is <see cref="Max"/>.
    /// </summary>
    public static Variable Maximum(Variable a, Variable b) => Apply(MaximumRule, a, b);
}
