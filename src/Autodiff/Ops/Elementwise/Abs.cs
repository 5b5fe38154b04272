using System.Numerics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = |x|, elementwise.</summary>
    public static Variable Abs(Variable x) => Apply(AbsRule.Instance, x);

    /// <summary>dy/dx = 1 where x &gt; 0, -1 where x &lt; 0, and 0 at 0, as Keras and PyTorch have it.</summary>
    private sealed class AbsRule : ElementwiseRule
    {
        public static readonly AbsRule Instance = new();

        public override string Name => nameof(Abs);

        public override string Formula => "y = |x|,  x̄ += ȳ·sign(x)";

        public override Saves Saves => Saves.First;

        public override Tensor Forward(Tensor x) => Elementwise.Map<Kernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t * Sign(x);

        private readonly struct Kernel : IUnaryKernel
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Abs(x, destination);
        }
    }
}
