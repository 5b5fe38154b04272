using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = x, through which no derivative passes: a constant on the same tape. A view: nothing is copied.</summary>
    public static Variable StopGradient(Variable x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Apply(new StopGradientRule(x.Tape?.Held), x);
    }

    /// <summary>The derivative is declared 0, whatever the function's own is.</summary>
    private sealed class StopGradientRule(HeldValues? held) : ElementwiseRule
    {
        public override string Name => nameof(StopGradient);

        public override string Formula => "y = x,  x̄ += 0";

        public override Saves Saves => Saves.Nothing;

        public override Tensor Forward(Tensor x) => held?.Next(x) ?? x;

        public override Variable? TimesDerivative(Variable x, Variable y, Variable t) => null;
    }
}
