using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// What Maximum and Minimum share: the adjoint goes to the operand that was chosen, and half of it to each where both are equal, as PyTorch has it. Beside a NaN, which
    /// is the result, nothing is less or greater, and both get the whole.
    /// </summary>
    private sealed class ExtremumRule(bool largest) : BroadcastingRule
    {
        public override string Name => largest ? nameof(Maximum) : nameof(Minimum);

        public override string Formula => $"y = {(largest ? "max" : "min")}(a, b),  ā += ȳ where a = y,  b̄ += ȳ where b = y, half to each of equals";

        public override Saves Saves => Saves.First | Saves.Second;

        public override Tensor Forward(Tensor a, Tensor b) => largest
            ? Elementwise.Zip<VectorKernel<MaximumFunction>>(a, b)
            : Elementwise.Zip<VectorKernel<MinimumFunction>>(a, b);

        public override Variable TimesDerivativeFirst(Variable a, Variable b, Variable y, Variable t) => Share(a, b, t);

        public override Variable TimesDerivativeSecond(Variable a, Variable b, Variable y, Variable t) => Share(b, a, t);

        private Variable Share(Variable mine, Variable other, Variable t)
        {
            Variable lost = largest ? Less(mine, other) : Greater(mine, other);
            return Where(lost, Tensor.Scalar(0, t.DType), Where(Equal(mine, other), t * 0.5, t));
        }
    }
}
