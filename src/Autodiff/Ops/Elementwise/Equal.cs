using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    private static readonly ComparisonRule<EqualFunction> EqualRule = new(nameof(Equal), "=");

    /// <summary>y = 1 where a = b, else 0 (also where either is NaN), in the operands' type, broadcasting: a mask for <see cref="Where"/>.</summary>
    public static Variable Equal(Variable a, Variable b) => Apply(EqualRule, a, b);
}
