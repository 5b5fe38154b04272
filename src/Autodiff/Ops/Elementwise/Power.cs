using System.Numerics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = aᵇ, elementwise, broadcasting: 1 where b is 0, NaN where a is negative and b is not whole.</summary>
    public static Variable Power(Variable a, Variable b) => Apply(PowerRule.Instance, a, b);

    /// <inheritdoc cref="Power(Variable, Variable)"/>
    public static Variable Power(Variable a, double b)
    {
        ArgumentNullException.ThrowIfNull(a);
        return Power(a, Tensor.Scalar(b, a.DType));
    }

    /// <summary>
    /// dy/da = b·aᵇ⁻¹ and dy/db = y·ln a. At a = 0 both are taken as PyTorch has them: dy/da = 0 for b = 0, where aᵇ⁻¹ is infinite, and dy/db = 0 for b ≥ 0, where ln a is.
    /// Where a is negative there is no dy/db: it is NaN.
    /// </summary>
    private sealed class PowerRule : BroadcastingRule
    {
        public static readonly PowerRule Instance = new();

        public override string Name => nameof(Power);

        public override string Formula => "y = aᵇ,  ā += ȳ·b·aᵇ⁻¹,  b̄ += ȳ·y·ln(a)";

        public override Saves Saves => Saves.First | Saves.Second | Saves.Output;

        internal override Notation Notation => Notation.Power;

        public override Tensor Forward(Tensor a, Tensor b) => Elementwise.Zip<Kernel>(a, b);

        // The operand is made safe, not the result: so no 0·∞ comes up when the derivative is itself differentiated.
        public override Variable TimesDerivativeFirst(Variable a, Variable b, Variable y, Variable t)
        {
            Variable zero = Tensor.Scalar(0, a.DType);
            return t * (b * Power(a, Where(Equal(a, zero) * Equal(b, zero), zero, b - 1)));
        }

        public override Variable TimesDerivativeSecond(Variable a, Variable b, Variable y, Variable t)
        {
            Variable zero = Tensor.Scalar(0, a.DType);
            return t * (y * Log(Where(Equal(a, zero) * GreaterOrEqual(b, zero), Tensor.Scalar(1, a.DType), a)));
        }

        private readonly struct Kernel : IBinaryKernel
        {
            public void Invoke<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Pow(x, y, destination);

            public void Invoke<T>(ReadOnlySpan<T> x, T y, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Pow(x, y, destination);

            public void Invoke<T>(T x, ReadOnlySpan<T> y, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Pow(x, y, destination);
        }
    }
}
