using System.Numerics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = 1/(1 + e⁻ˣ), elementwise. The result remembers its <see cref="Variable.LogOdds"/>, from which binary cross-entropy computes.</summary>
    public static Variable Sigmoid(Variable x)
    {
        Variable result = Apply(SigmoidRule.Instance, x);
        result.LogOdds = x;
        return result;
    }

    /// <summary>dy/dx = y(1 - y).</summary>
    private sealed class SigmoidRule : ElementwiseRule
    {
        public static readonly SigmoidRule Instance = new();

        public override string Name => nameof(Sigmoid);

        public override string Formula => "y = 1/(1 + exp(-x)),  x̄ += ȳ·y(1 - y)";

        public override Saves Saves => Saves.Output;

        public override Tensor Forward(Tensor x) => Elementwise.Map<Kernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t * (y * (1 - y));

        private readonly struct Kernel : IUnaryKernel
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Sigmoid(x, destination);
        }
    }
}
