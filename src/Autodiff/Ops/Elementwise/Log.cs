using System.Numerics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = ln x, elementwise; -∞ at 0 and NaN below.</summary>
    public static Variable Log(Variable x) => Apply(LogRule.Instance, x);

    /// <summary>dy/dx = 1/x.</summary>
    private sealed class LogRule : ElementwiseRule
    {
        public static readonly LogRule Instance = new();

        public override string Name => nameof(Log);

        public override string Formula => "y = ln(x),  x̄ += ȳ/x";

        public override Saves Saves => Saves.First;

        public override Tensor Forward(Tensor x) => Elementwise.Map<Kernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t / x;

        private readonly struct Kernel : IUnaryKernel
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Log(x, destination);
        }
    }
}
