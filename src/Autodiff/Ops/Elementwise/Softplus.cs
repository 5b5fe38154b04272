using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = ln(1 + eˣ), elementwise: x itself far above 0 and eˣ far below, with nothing that overflows.</summary>
    public static Variable Softplus(Variable x) => Apply(SoftplusRule.Instance, x);

    /// <summary>dy/dx = 1/(1 + e⁻ˣ).</summary>
    private sealed class SoftplusRule : ElementwiseRule
    {
        public static readonly SoftplusRule Instance = new();

        public override string Name => nameof(Softplus);

        public override string Formula => "y = ln(1 + exp(x)),  x̄ += ȳ·sigmoid(x)";

        public override Saves Saves => Saves.First;

        public override Tensor Forward(Tensor x) => Elementwise.Map<SoftplusKernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t * Sigmoid(x);
    }
}
