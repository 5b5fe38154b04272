using System.Globalization;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = γ·(x - μ)/√(σ² + ε) + β with statistics that are given: batch normalization's inference pass in one operation.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="mean">μ: x's sizes along the kept axes, the others either with size 1 or left out.</param>
    /// <param name="variance">σ², in μ's shape.</param>
    /// <param name="gamma">The scale, in μ's shape.</param>
    /// <param name="beta">The shift, in μ's shape.</param>
    /// <param name="over">The axes along which the parameters repeat: those that the statistics were taken over.</param>
    /// <param name="epsilon">What is added to the variance inside the root.</param>
    /// <exception cref="ArgumentException">A parameter is not of x's sizes along the kept axes, or the types differ.</exception>
    public static Variable Standardize(Variable x, Variable mean, Variable variance, Variable gamma, Variable beta, Axes over, double epsilon) =>
        Apply(new StandardizeRule(over, epsilon), x, mean, variance, gamma, beta);

    /// <summary>
    /// With s = 1/√(σ² + ε): x̄ = ȳ·γ·s, and the sums over what the others are repeated along: -ȳ·γ·s to μ, -ȳ·(x - μ)·γ·s³/2 to σ², ȳ·(x - μ)·s to γ and ȳ to β.
    /// </summary>
    private sealed class StandardizeRule(Axes over, double epsilon) : FusedRule
    {
        public override string Name => nameof(Standardize);

        public override string Formula => string.Create(
            CultureInfo.InvariantCulture, $"y = γ·(x - μ)·s + β with s = 1/√(σ² + {epsilon}),  x̄ += ȳ·γ·s,  μ̄ -= Σ ȳ·γ·s,  σ̄² -= Σ ȳ·(x - μ)·γ·s³/2,  γ̄ += Σ ȳ·(x - μ)·s,  β̄ += Σ ȳ");

        public override Saves Saves => Saves.First | Saves.Second | Saves.Third | Saves.Rest;

        public override string Options => string.Create(CultureInfo.InvariantCulture, $"{Named(over)}, epsilon {epsilon}");

        public override Tensor Forward(ReadOnlySpan<Tensor> operands)
        {
            (Tensor x, Tensor mean, Tensor variance, Tensor gamma, Tensor beta) = (operands[0], operands[1], operands[2], operands[3], operands[4]);
            KeptAxes axes = new(x.Shape, over);
            axes.Check(Name, operands[1..]);
            if (axes.Columns > 0) return ColumnNormalization.Apply(x.Reshape(-1, axes.Columns), mean, variance, gamma, beta, epsilon).Reshape(x.Shape);
            Shape along = axes.Along;
            return ((x - mean.Reshape(along)) * (gamma.Reshape(along) * Inverse(variance.Reshape(along)))) + beta.Reshape(along);
        }

        public override Variable Composed(IReadOnlyList<Variable> operands)
        {
            Shape along = new KeptAxes(operands[0].Shape, over).Along;
            Variable Wide(int operand) => Reshape(operands[operand], along);
            return ((operands[0] - Wide(1)) * (Wide(3) * Rsqrt(Wide(2) + epsilon))) + Wide(4);
        }

        protected override Tensor?[] Backward(ReadOnlySpan<Tensor> operands, Tensor output, Tensor adjoint, ReadOnlySpan<bool> needed)
        {
            (Tensor x, Shape narrow, Shape along) = (operands[0], operands[1].Shape, new KeptAxes(operands[0].Shape, over).Along);
            (Tensor mean, Tensor variance, Tensor gamma) = (operands[1].Reshape(along), operands[2].Reshape(along), operands[3].Reshape(along));
            Tensor inverse = Inverse(variance), scale = gamma * inverse;
            Tensor? sum = needed[1] || needed[4] ? Total(adjoint) : null, product = needed[2] || needed[3] ? Total(adjoint * (x - mean)) : null;
            return
            [
                needed[0] ? adjoint * scale : null,
                needed[1] ? (Tensor.Scalar(-1, x.DType) * (sum! * scale)).Reshape(narrow) : null,
                needed[2] ? (Tensor.Scalar(-0.5, x.DType) * (product! * (scale * (inverse * inverse)))).Reshape(narrow) : null,
                needed[3] ? (product! * inverse).Reshape(narrow) : null,
                needed[4] ? sum!.Reshape(narrow) : null,
            ];

            Tensor Total(Tensor terms) => Reduce.Sum(terms, over, keepDimensions: true);
        }

        private Tensor Inverse(Tensor variance) => Rsqrt(variance + Tensor.Scalar(epsilon, variance.DType)).Value;
    }
}
