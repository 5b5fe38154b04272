using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = eˣ, elementwise.</summary>
    public static Variable Exp(Variable x) => Apply(ExpRule.Instance, x);

    /// <summary>dy/dx = y: the output serves, so the tape need not keep x.</summary>
    private sealed class ExpRule : ElementwiseRule
    {
        public static readonly ExpRule Instance = new();

        public override string Name => nameof(Exp);

        public override string Formula => "y = exp(x),  x̄ += ȳ·y";

        public override Saves Saves => Saves.Output;

        public override Tensor Forward(Tensor x) => Elementwise.Map<ExpKernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t * y;
    }
}
