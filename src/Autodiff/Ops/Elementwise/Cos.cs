using System.Numerics;
using System.Runtime.Intrinsics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

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

        // By registers that begin with the span, for the reason that Sin has.
        private readonly struct Kernel : IUnaryKernel, IVectorFunction
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Map(x, destination, this);

            public Vector256<T> Invoke<T>(Vector256<T> x)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
                typeof(T) == typeof(float) ? Vector256.Cos(x.AsSingle()).As<float, T>() : Vector256.Cos(x.AsDouble()).As<double, T>();
        }
    }
}
