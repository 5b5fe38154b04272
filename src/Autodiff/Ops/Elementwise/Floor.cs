using System.Numerics;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>The largest whole number that is not above x, elementwise.</summary>
    public static Variable Floor(Variable x) => Apply(FloorRule.Instance, x);

    /// <summary>Constant between its jumps, so its derivative is taken as 0.</summary>
    private sealed class FloorRule : ElementwiseRule
    {
        public static readonly FloorRule Instance = new();

        public override string Name => nameof(Floor);

        public override string Formula => "y = ⌊x⌋,  x̄ += 0";

        public override Saves Saves => Saves.Nothing;

        public override Tensor Forward(Tensor x) => Elementwise.Map<Kernel>(x);

        public override Variable? TimesDerivative(Variable x, Variable y, Variable t) => null;

        private readonly struct Kernel : IUnaryKernel
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Floor(x, destination);
        }
    }
}
