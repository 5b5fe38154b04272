using System.Numerics;
using System.Runtime.Intrinsics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>1 where x &gt; 0, -1 where x &lt; 0, elementwise; zeros and NaN stay what they are.</summary>
    public static Variable Sign(Variable x) => Apply(SignRule.Instance, x);

    /// <summary>Constant but for its jump, so its derivative is taken as 0.</summary>
    private sealed class SignRule : ElementwiseRule
    {
        public static readonly SignRule Instance = new();

        public override string Name => nameof(Sign);

        public override string Formula => "y = sign(x),  x̄ += 0";

        public override Saves Saves => Saves.Nothing;

        public override Tensor Forward(Tensor x) => Elementwise.Map<Kernel>(x);

        public override Variable? TimesDerivative(Variable x, Variable y, Variable t) => null;

        private readonly struct Kernel : IUnaryKernel, IVectorFunction
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorLoop.Map(x, destination, this);

            public Vector256<T> Invoke<T>(Vector256<T> x)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector256.ConditionalSelect(
                    Vector256.GreaterThan(Vector256.Abs(x), Vector256<T>.Zero),
                    Vector256.CopySign(Vector256<T>.One, x),
                    x);
        }
    }
}
