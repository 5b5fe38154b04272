using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    private static readonly ComparisonRule<LessFunction> LessRule = new(nameof(Less), "<");

    /// <summary>y = 1 where a &lt; b, else 0 (also where either is NaN), in the operands' type, broadcasting: a mask for <see cref="Where"/>.</summary>
    public static Variable Less(Variable a, Variable b) => Apply(LessRule, a, b);
}
