using System.Numerics;
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

        private readonly struct Kernel : IUnaryKernel
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Tan(x, destination);
        }
    }
}
