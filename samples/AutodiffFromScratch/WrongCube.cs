using System.Numerics;
using Tapestry.Autodiff;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Samples.AutodiffFromScratch;

/// <summary>An operation whose rule is wrong on purpose, for a check to find.</summary>
internal static class WrongCube
{
    public static Variable Of(Variable x) => Op.Apply(WrongRule.Instance, x);

    private sealed class WrongRule : ElementwiseRule
    {
        public static readonly WrongRule Instance = new();

        // listing: wrong-rule
        public override string Name => "Cube";

        public override string Formula => "y = x³,  x̄ += ȳ·3x²";

        public override Saves Saves => Saves.First;

        public override Tensor Forward(Tensor x) => Elementwise.Map<Kernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t * 2 * Op.Square(x);     // a slip: 2 for 3
        // end

        private readonly struct Kernel : IUnaryKernel
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T>
            {
                for (int i = 0; i < x.Length; i++) destination[i] = x[i] * x[i] * x[i];
            }
        }
    }
}
