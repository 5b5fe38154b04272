using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = tanh x, elementwise.</summary>
    public static Variable Tanh(Variable x) => Apply(TanhRule.Instance, x);

    /// <summary>dy/dx = 1 - y².</summary>
    private sealed class TanhRule : ElementwiseRule
    {
        public static readonly TanhRule Instance = new();

        public override string Name => nameof(Tanh);

        public override string Formula => "y = tanh(x),  x̄ += ȳ·(1 - y²)";

        public override Saves Saves => Saves.Output;

        public override Tensor Forward(Tensor x) => Elementwise.Map<TanhKernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t * (1 - Square(y));
    }
}
