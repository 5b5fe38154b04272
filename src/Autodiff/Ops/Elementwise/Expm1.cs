using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = eˣ - 1, elementwise, exact near 0, where <c>Exp(x) - 1</c> cancels.</summary>
    public static Variable Expm1(Variable x) => Apply(Expm1Rule.Instance, x);

    /// <summary>dy/dx = eˣ = y + 1.</summary>
    private sealed class Expm1Rule : ElementwiseRule
    {
        public static readonly Expm1Rule Instance = new();

        public override string Name => nameof(Expm1);

        public override string Formula => "y = exp(x) - 1,  x̄ += ȳ·(y + 1)";

        public override Saves Saves => Saves.Output;

        public override Tensor Forward(Tensor x) => Elementwise.Map<Expm1Kernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t * (y + 1);
    }
}
