using System.Numerics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = -x, elementwise.</summary>
    public static Variable Negate(Variable x) => Apply(NegateRule.Instance, x);

    /// <summary>dy/dx = -1: nothing is kept.</summary>
    private sealed class NegateRule : ElementwiseRule
    {
        public static readonly NegateRule Instance = new();

        public override string Name => nameof(Negate);

        public override string Formula => "y = -x,  x̄ += -ȳ";

        public override Saves Saves => Saves.Nothing;

        internal override Notation Notation => Notation.Opposite;

        public override Tensor Forward(Tensor x) => Elementwise.Map<Kernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => -t;

        private readonly struct Kernel : IUnaryKernel
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Negate(x, destination);
        }
    }
}
