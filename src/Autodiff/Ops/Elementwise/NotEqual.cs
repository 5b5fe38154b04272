using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    private static readonly ComparisonRule<NotEqualFunction> NotEqualRule = new(nameof(NotEqual), "≠");

    /// <summary>y = 1 where a ≠ b (also where either is NaN), else 0, in the operands' type, broadcasting: a mask for <see cref="Where"/>.</summary>
    public static Variable NotEqual(Variable a, Variable b) => Apply(NotEqualRule, a, b);
}
