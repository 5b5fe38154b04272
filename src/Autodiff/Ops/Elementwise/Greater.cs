using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = 1 where a &gt; b, else 0, in the operands' type, broadcasting: a mask for <see cref="Where"/>.</summary>
    public static Variable Greater(Variable a, Variable b) => Apply(GreaterRule.Instance, a, b);

    /// <summary>Constant between its jumps, so its derivative is taken as 0.</summary>
    private sealed class GreaterRule : BroadcastingRule
    {
        public static readonly GreaterRule Instance = new();

        public override string Name => nameof(Greater);

        public override string Formula => "y = (a > b) ? 1 : 0";

        public override Saves Saves => Saves.Nothing;

        public override Tensor Forward(Tensor a, Tensor b) => Elementwise.Zip<VectorKernel<GreaterFunction>>(a, b);

        public override Variable? TimesDerivativeFirst(Variable a, Variable b, Variable y, Variable t) => null;

        public override Variable? TimesDerivativeSecond(Variable a, Variable b, Variable y, Variable t) => null;
    }
}
