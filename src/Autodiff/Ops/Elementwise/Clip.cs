using System.Globalization;
using System.Numerics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = min(max(x, low), high), elementwise.</summary>
    /// <exception cref="ArgumentException">low exceeds high.</exception>
    public static Variable Clip(Variable x, double low, double high) => Apply(new ClipRule(low, high), x);

    /// <summary>dy/dx = 1 where the bounds left x alone (the bounds themselves included), else 0.</summary>
    private sealed class ClipRule : ElementwiseRule
    {
        private readonly double low;
        private readonly double high;

        public ClipRule(double low, double high)
        {
            if (!(low <= high)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Clip: expected low <= high, got {low} and {high}."));
            (this.low, this.high) = (low, high);
        }

        public override string Name => nameof(Clip);

        public override string Formula => string.Create(CultureInfo.InvariantCulture, $"y = clip(x, {low}, {high}),  x̄ += ȳ where y = x");

        public override Saves Saves => Saves.First | Saves.Output;

        public override string Options => string.Create(CultureInfo.InvariantCulture, $"{low}, {high}");

        public override Tensor Forward(Tensor x) => Elementwise.Map(x, new Kernel(low, high));

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => Where(Equal(x, y), t, Tensor.Scalar(0, t.DType));

        private readonly struct Kernel(double low, double high) : IUnaryKernel
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
                TensorPrimitives.Clamp(x, T.CreateTruncating(low), T.CreateTruncating(high), destination);
        }
    }
}
