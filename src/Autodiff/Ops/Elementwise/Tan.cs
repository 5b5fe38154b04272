using System.Numerics;
using System.Runtime.Intrinsics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = tan x, elementwise, x in radians of any size; NaN at ±∞.</summary>
    public static Variable Tan(Variable x) => Apply(TanRule.Instance, x);

    /// <summary>dy/dx = 1 + y².</summary>
    private sealed class TanRule : ElementwiseRule
    {
        public static readonly TanRule Instance = new();

        public override string Name => nameof(Tan);

        public override string Formula => "y = tan(x),  x̄ += ȳ·(1 + y²)";

        public override Saves Saves => Saves.Output;

        public override Tensor Forward(Tensor x) => Elementwise.Map<Kernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t * (Square(y) + 1);

        // By registers that begin with the span, for the reason that Sin has. There is no tangent of a register, so the library is handed a span of that length.
        private readonly struct Kernel : IUnaryKernel, IVectorFunction
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Map(x, destination, this);

            public Vector256<T> Invoke<T>(Vector256<T> x)
                where T : unmanaged, IBinaryFloatingPointIeee754<T>
            {
                Span<T> lanes = stackalloc T[Vector256<T>.Count];
                x.CopyTo(lanes);
                TensorPrimitives.Tan<T>(lanes, lanes);
                return Vector256.Create<T>(lanes);
            }
        }
    }
}
