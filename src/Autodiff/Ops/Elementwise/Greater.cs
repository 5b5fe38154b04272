using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    private static readonly ComparisonRule<GreaterFunction> GreaterRule = new(nameof(Greater), ">");

    /// <summary>y = 1 where a &gt; b, else 0 (also where either is NaN), in the operands' type, broadcasting: a mask for <see cref="Where"/>.</summary>
    public static Variable Greater(Variable a, Variable b) => Apply(GreaterRule, a, b);
}
