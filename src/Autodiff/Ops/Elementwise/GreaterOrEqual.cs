using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    private static readonly ComparisonRule<GreaterOrEqualFunction> GreaterOrEqualRule = new(nameof(GreaterOrEqual), "≥");

    /// <summary>y = 1 where a ≥ b, else 0 (also where either is NaN), in the operands' type, broadcasting: a mask for <see cref="Where"/>.</summary>
    public static Variable GreaterOrEqual(Variable a, Variable b) => Apply(GreaterOrEqualRule, a, b);
}
