using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = ln(1 + x), elementwise, exact near 0, where <c>Log(1 + x)</c> has rounded x away.</summary>
    public static Variable Log1p(Variable x) => Apply(Log1pRule.Instance, x);

    /// <summary>dy/dx = 1/(1 + x).</summary>
    private sealed class Log1pRule : ElementwiseRule
    {
        public static readonly Log1pRule Instance = new();

        public override string Name => nameof(Log1p);

        public override string Formula => "y = ln(1 + x),  x̄ += ȳ/(1 + x)";

        public override Saves Saves => Saves.First;

        public override Tensor Forward(Tensor x) => Elementwise.Map<Log1pKernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t / (x + 1);
    }
}
