using System.Numerics;
using System.Runtime.Intrinsics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = x where x &gt; 0, else a·x, elementwise, with a slope that can be trained. He, Zhang, Ren, Sun, 2015.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="slope">a, of a shape that broadcasts with x's: [C] is one slope for each feature.</param>
    public static Variable PRelu(Variable x, Variable slope) => Apply(PReluRule.Instance, x, slope);

    /// <summary>dy/dx = 1 where x &gt; 0, else a, also at x = 0, as PyTorch has it; dy/da = 0 where x &gt; 0, else x.</summary>
    private sealed class PReluRule : BroadcastingRule
    {
        public static readonly PReluRule Instance = new();

        public override string Name => nameof(PRelu);

        public override string Formula => "y = x > 0 ? x : a·x,  x̄ += x > 0 ? ȳ : ȳ·a,  ā += x > 0 ? 0 : ȳ·x";

        public override Saves Saves => Saves.First | Saves.Second;

        public override Tensor Forward(Tensor x, Tensor slope) => Elementwise.Zip<VectorKernel<PReluFunction>>(x, slope);

        public override Variable TimesDerivativeFirst(Variable x, Variable slope, Variable y, Variable t) => Where(IsPositive(x), t, t * slope);

        public override Variable TimesDerivativeSecond(Variable x, Variable slope, Variable y, Variable t) => Where(IsPositive(x), Tensor.Scalar(0, t.DType), t * x);

        private static Variable IsPositive(Variable x) => Greater(x, Tensor.Scalar(0, x.DType));

        private readonly struct PReluFunction : IVectorFunction2
        {
            public Vector256<T> Invoke<T>(Vector256<T> x, Vector256<T> slope)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256<T>.Zero), x, x * slope);
        }
    }
}
