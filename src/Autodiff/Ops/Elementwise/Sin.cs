using System.Numerics;
using System.Runtime.Intrinsics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = sin x, elementwise, x in radians of any size; NaN at ±∞.</summary>
    public static Variable Sin(Variable x) => Apply(SinRule.Instance, x);

    /// <summary>dy/dx = cos x.</summary>
    private sealed class SinRule : ElementwiseRule
    {
        public static readonly SinRule Instance = new();

        public override string Name => nameof(Sin);

        public override string Formula => "y = sin(x),  x̄ += ȳ·cos(x)";

        public override Saves Saves => Saves.First;

        public override Tensor Forward(Tensor x) => Elementwise.Map<Kernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t * Cos(x);

        // How the library reduces an angle depends on the others in its register, and over a span these depend on where it lies in memory. Here registers begin with the span, so that
        // the same angles give the same bits.
        private readonly struct Kernel : IUnaryKernel, IVectorFunction
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Map(x, destination, this);

            public Vector256<T> Invoke<T>(Vector256<T> x)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
                typeof(T) == typeof(float) ? Vector256.Sin(x.AsSingle()).As<float, T>() : Vector256.Sin(x.AsDouble()).As<double, T>();
        }
    }
}
