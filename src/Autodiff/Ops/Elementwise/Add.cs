using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = a + b, elementwise, broadcasting.</summary>
    public static Variable Add(Variable a, Variable b) => Apply(AddRule.Instance, a, b);

    /// <summary>Both derivatives are 1: the adjoint passes through.</summary>
    private sealed class AddRule : BroadcastingRule
    {
        public static readonly AddRule Instance = new();

        public override string Name => nameof(Add);

        public override string Formula => "y = a + b,  ā += ȳ,  b̄ += ȳ";

        public override Saves Saves => Saves.Nothing;

        internal override Notation Notation => Notation.Plus;

        public override Tensor Forward(Tensor a, Tensor b) => Elementwise.Zip<AddKernel>(a, b);

        public override Variable TimesDerivativeFirst(Variable a, Variable b, Variable y, Variable t) => t;

        public override Variable TimesDerivativeSecond(Variable a, Variable b, Variable y, Variable t) => t;
    }
}
