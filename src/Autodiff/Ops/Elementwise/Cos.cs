using System.Numerics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = cos x, elementwise, x in radians of any size; NaN at ±∞.</summary>
    public static Variable Cos(Variable x) => Apply(CosRule.Instance, x);

    /// <summary>dy/dx = -sin x.</summary>
    private sealed class CosRule : ElementwiseRule
    {
        public static readonly CosRule Instance = new();

        public override string Name => nameof(Cos);

        public override string Formula => "y = cos(x),  x̄ += -ȳ·sin(x)";

        public override Saves Saves => Saves.First;

        public override Tensor Forward(Tensor x) => Elementwise.Map<Kernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => -(t * Sin(x));

        private readonly struct Kernel : IUnaryKernel
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Cos(x, destination);
        }
    }
}
