using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = 1 where a = b, else 0, in the operands' type, broadcasting: a mask for <see cref="Where"/>.</summary>
    public static Variable Equal(Variable a, Variable b) => Apply(EqualRule.Instance, a, b);

    /// <summary>Constant almost everywhere, so its derivative is taken as 0.</summary>
    private sealed class EqualRule : BroadcastingRule
    {
        public static readonly EqualRule Instance = new();

        public override string Name => nameof(Equal);

        public override string Formula => "y = (a = b) ? 1 : 0";

        public override Saves Saves => Saves.Nothing;

        public override Tensor Forward(Tensor a, Tensor b) => Elementwise.Zip<VectorKernel<EqualFunction>>(a, b);

        public override Variable? TimesDerivativeFirst(Variable a, Variable b, Variable y, Variable t) => null;

        public override Variable? TimesDerivativeSecond(Variable a, Variable b, Variable y, Variable t) => null;
    }
}
