using System.Numerics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = √x, elementwise; NaN below 0.</summary>
    public static Variable Sqrt(Variable x) => Apply(SqrtRule.Instance, x);

    /// <summary>dy/dx = 1/(2y).</summary>
    private sealed class SqrtRule : ElementwiseRule
    {
        public static readonly SqrtRule Instance = new();

        public override string Name => nameof(Sqrt);

        public override string Formula => "y = √x,  x̄ += ȳ/(2y)";

        public override Saves Saves => Saves.Output;

        internal override Notation Notation => Notation.Root;

        public override Tensor Forward(Tensor x) => Elementwise.Map<Kernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t * 0.5 / y;

        private readonly struct Kernel : IUnaryKernel
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Sqrt(x, destination);
        }
    }
}
