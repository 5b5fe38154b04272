using System.Numerics;
using Tapestry.Autodiff;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Samples.CustomOperation;

/// <summary>One's own operations, as <see cref="Op"/> holds the library's.</summary>
internal static class Own
{
    /// <summary>y = (√(x² + 1) - 1)/2 + x, elementwise: a bend at 0 from slope 1/2 to slope 3/2.</summary>
    public static Variable BentIdentity(Variable x) => Op.Apply(BentIdentityRule.Instance, x);

    /// <summary>dy/dx = x/(2√(x² + 1)) + 1. Written in operations, so that it can itself be differentiated; being elementwise it serves both modes.</summary>
    private sealed class BentIdentityRule : ElementwiseRule
    {
        public static readonly BentIdentityRule Instance = new();

        public override string Name => nameof(BentIdentity);

        public override string Formula => "y = (√(x² + 1) - 1)/2 + x,  x̄ += ȳ·(x/(2√(x² + 1)) + 1)";

        public override Saves Saves => Saves.First;

        public override Tensor Forward(Tensor x) => Elementwise.Map<Kernel>(x);

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => t * ((x / (2 * Op.Sqrt(Op.Square(x) + 1))) + 1);

        /// <summary>The numbers themselves, for F32 and F64 alike.</summary>
        private readonly struct Kernel : IUnaryKernel
        {
            public void Invoke<T>(ReadOnlySpan<T> x, Span<T> destination)
                where T : unmanaged, IBinaryFloatingPointIeee754<T>
            {
                for (int i = 0; i < x.Length; i++) destination[i] = ((T.Sqrt((x[i] * x[i]) + T.One) - T.One) / T.CreateChecked(2)) + x[i];
            }
        }
    }
}
