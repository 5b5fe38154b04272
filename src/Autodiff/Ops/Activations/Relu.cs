using System.Numerics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = max(x, 0), elementwise.</summary>
    public static Variable Relu(Variable x) => Apply(ReluRule.Instance, x);

    /// <summary>dy/dx = 1 where y &gt; 0, else 0; 0 at x = 0, as Keras and PyTorch have it.</summary>
    private sealed class ReluRule : ElementwiseRule
    {
        public static readonly ReluRule Instance = new();

        public override string Name => nameof(Relu);

        public override string Formula => "y = max(x, 0),  x̄ += y > 0 ? ȳ : 0";

        public override Saves Saves => Saves.Output;

        public override Tensor Forward(Tensor x) => Elementwise.Map<Kernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t)
        {
            Variable zero = Tensor.Scalar(0, t.DType);
            return Where(Greater(y, zero), t, zero);
        }

        private readonly struct Kernel : IUnaryKernel
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Max(x, T.Zero, destination);
        }
    }
}
