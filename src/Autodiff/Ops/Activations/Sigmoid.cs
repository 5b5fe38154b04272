using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = 1/(1 + e⁻ˣ), elementwise. The result remembers its <see cref="Variable.LogOdds"/>, from which binary cross-entropy computes.</summary>
    public static Variable Sigmoid(Variable x)
    {
        Variable result = Apply(SigmoidRule.Instance, x);
        result.LogOdds = x;
        return result;
    }

    /// <summary>dy/dx = y(1 - y).</summary>
    private sealed class SigmoidRule : ElementwiseRule
    {
        public static readonly SigmoidRule Instance = new();

        public override string Name => nameof(Sigmoid);

        public override string Formula => "y = 1/(1 + exp(-x)),  x̄ += ȳ·y(1 - y)";

        public override Saves Saves => Saves.Output;

        public override Tensor Forward(Tensor x) => Elementwise.Map<SigmoidKernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t * (y * (1 - y));
    }
}
