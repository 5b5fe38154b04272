using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = a / b, elementwise, broadcasting.</summary>
    public static Variable Divide(Variable a, Variable b) => Apply(DivideRule.Instance, a, b);

    /// <summary>dy/da = 1/b and dy/db = -y/b, by the output rather than by a/b².</summary>
    private sealed class DivideRule : BroadcastingRule
    {
        public static readonly DivideRule Instance = new();

        public override string Name => nameof(Divide);

        public override string Formula => "y = a/b,  ā += ȳ/b,  b̄ += -ȳ·y/b";

        public override Saves Saves => Saves.Second | Saves.Output;

        internal override Notation Notation => Notation.Over;

        public override Tensor Forward(Tensor a, Tensor b) => Elementwise.Zip<DivideKernel>(a, b);

        public override Variable TimesDerivativeFirst(Variable a, Variable b, Variable y, Variable t) => t / b;

        public override Variable TimesDerivativeSecond(Variable a, Variable b, Variable y, Variable t) => -(t * y / b);
    }
}
