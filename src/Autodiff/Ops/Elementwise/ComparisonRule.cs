using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>What the comparisons share: constant between their jumps, so their derivative is taken as 0.</summary>
    private sealed class ComparisonRule<TFunction>(string name, string sign) : BroadcastingRule
        where TFunction : struct, IVectorFunction2
    {
        public override string Name => name;

        public override string Formula => $"y = (a {sign} b) ? 1 : 0";

        public override Saves Saves => Saves.Nothing;

        internal override Notation Notation => Notation.Comparison;

        public override Tensor Forward(Tensor a, Tensor b) => Elementwise.Zip<VectorKernel<TFunction>>(a, b);

        public override Variable? TimesDerivativeFirst(Variable a, Variable b, Variable y, Variable t) => null;

        public override Variable? TimesDerivativeSecond(Variable a, Variable b, Variable y, Variable t) => null;
    }
}
