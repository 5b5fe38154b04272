using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = a · b, elementwise, broadcasting.</summary>
    public static Variable Multiply(Variable a, Variable b) => Apply(MultiplyRule.Instance, a, b);

    /// <summary>Each operand is the other's derivative.</summary>
    private sealed class MultiplyRule : BroadcastingRule
    {
        public static readonly MultiplyRule Instance = new();

        public override string Name => nameof(Multiply);

        public override string Formula => "y = a·b,  ā += ȳ·b,  b̄ += ȳ·a";

        public override Saves Saves => Saves.First | Saves.Second;

        internal override Notation Notation => Notation.Times;

        public override Tensor Forward(Tensor a, Tensor b) => Elementwise.Zip<MultiplyKernel>(a, b);

        public override Variable TimesDerivativeFirst(Variable a, Variable b, Variable y, Variable t) => t * b;

        public override Variable TimesDerivativeSecond(Variable a, Variable b, Variable y, Variable t) => t * a;
    }
}
