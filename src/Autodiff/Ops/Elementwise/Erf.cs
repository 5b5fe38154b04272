using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>The error function, elementwise: y = 2/√π ∫₀ˣ exp(-u²) du, within 2 units in the last place.</summary>
    public static Variable Erf(Variable x) => Apply(ErfRule.Instance, x);

    /// <summary>dy/dx = 2/√π · exp(-x²).</summary>
    private sealed class ErfRule : ElementwiseRule
    {
        public static readonly ErfRule Instance = new();

        public override string Name => nameof(Erf);

        public override string Formula => "y = erf(x),  x̄ += ȳ·2/√π·exp(-x²)";

        public override Saves Saves => Saves.First;

        public override Tensor Forward(Tensor x) => Elementwise.Map<ErfKernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t * (Exp(-Square(x)) * 1.1283791670955126);
    }
}
