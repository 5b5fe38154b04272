using System.Numerics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

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

        private readonly struct Kernel : IUnaryKernel
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Sin(x, destination);
        }
    }
}
