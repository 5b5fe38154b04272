using System.Numerics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = 1/√x, elementwise; ∞ at 0 and NaN below.</summary>
    public static Variable Rsqrt(Variable x) => Apply(RsqrtRule.Instance, x);

    /// <summary>dy/dx = -y³/2.</summary>
    private sealed class RsqrtRule : ElementwiseRule
    {
        public static readonly RsqrtRule Instance = new();

        public override string Name => nameof(Rsqrt);

        public override string Formula => "y = 1/√x,  x̄ += -ȳ·y³/2";

        public override Saves Saves => Saves.Output;

        internal override Notation Notation => Notation.InverseRoot;

        public override Tensor Forward(Tensor x) => Elementwise.Map<Kernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t * (y * Square(y) * -0.5);

        private readonly struct Kernel : IUnaryKernel
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.ReciprocalSqrt(x, destination);
        }
    }
}
