using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = a - b, elementwise, broadcasting.</summary>
    public static Variable Subtract(Variable a, Variable b) => Apply(SubtractRule.Instance, a, b);

    /// <summary>The derivatives are 1 and -1.</summary>
    private sealed class SubtractRule : BroadcastingRule
    {
        public static readonly SubtractRule Instance = new();

        public override string Name => nameof(Subtract);

        public override string Formula => "y = a - b,  ā += ȳ,  b̄ += -ȳ";

        public override Saves Saves => Saves.Nothing;

        internal override Notation Notation => Notation.Minus;

        public override Tensor Forward(Tensor a, Tensor b) => Elementwise.Zip<SubtractKernel>(a, b);

        public override Variable TimesDerivativeFirst(Variable a, Variable b, Variable y, Variable t) => t;

        public override Variable TimesDerivativeSecond(Variable a, Variable b, Variable y, Variable t) => -t;
    }
}
