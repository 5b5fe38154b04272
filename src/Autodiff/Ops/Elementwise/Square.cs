using System.Numerics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = x², elementwise.</summary>
    public static Variable Square(Variable x) => Apply(SquareRule.Instance, x);

    /// <summary>dy/dx = 2x.</summary>
    private sealed class SquareRule : ElementwiseRule
    {
        public static readonly SquareRule Instance = new();

        public override string Name => nameof(Square);

        public override string Formula => "y = x²,  x̄ += ȳ·2x";

        public override Saves Saves => Saves.First;

        internal override Notation Notation => Notation.Square;

        public override Tensor Forward(Tensor x) => Elementwise.Map<Kernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t * (x * 2);

        private readonly struct Kernel : IUnaryKernel
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Multiply(x, x, destination);
        }
    }
}
