using System.Globalization;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = x where x &gt; 0, else α(eˣ - 1), elementwise, by a true expm1. Clevert, Unterthiner, Hochreiter, 2015.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="alpha">Where the function levels off below 0; 1 unless told otherwise.</param>
    public static Variable Elu(Variable x, double alpha = 1) => Apply(new EluRule(alpha), x);

    /// <summary>dy/dx = 1 where x &gt; 0, else αeˣ = y + α: at x = 0 it is α, so 1 by default.</summary>
    private sealed class EluRule(double alpha) : ElementwiseRule
    {
        public override string Name => nameof(Elu);

        public override string Formula => string.Create(CultureInfo.InvariantCulture, $"y = x > 0 ? x : {alpha}·(exp(x) - 1),  x̄ += x > 0 ? ȳ : ȳ·(y + {alpha})");

        public override Saves Saves => Saves.First | Saves.Output;

        public override string Options => alpha == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"{alpha}");

        public override Tensor Forward(Tensor x) => Elementwise.Map(x, new EluKernel(alpha));

        public override Variable TimesDerivative(Variable x, Variable y, Variable t) => Where(Greater(x, Tensor.Scalar(0, x.DType)), t, t * (y + alpha));
    }
}
