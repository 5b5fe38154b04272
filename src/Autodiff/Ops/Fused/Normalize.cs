using System.Globalization;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// y = γ·(x - μ)/√(σ² + ε) + β with x's own mean and biased variance over all axes but the kept ones: batch normalization's training pass in one operation, with its
    /// closed-form derivative.
    /// </summary>
    /// <param name="x">Any shape with at least one element along the reduced axes.</param>
    /// <param name="gamma">The scale, in a shape that broadcasts along the kept axes: 1 along the others.</param>
    /// <param name="beta">The shift, in γ's shape.</param>
    /// <param name="over">The axes to reduce.</param>
    /// <param name="epsilon">What is added to the variance inside the root.</param>
    /// <exception cref="ArgumentException">γ and β are not 1 along the reduced axes and x's size along the others.</exception>
    public static Variable Normalize(Variable x, Variable gamma, Variable beta, Axes over, double epsilon) => Normalize(x, gamma, beta, over, epsilon, out _, out _);

    /// <summary><see cref="Normalize(Variable, Variable, Variable, Axes, double)"/>, and the statistics that it found, with size 1 along the reduced axes.</summary>
    public static Variable Normalize(Variable x, Variable gamma, Variable beta, Axes over, double epsilon, out Tensor mean, out Tensor variance)
    {
        NormalizeRule rule = new(over, epsilon);
        Variable y = Apply(rule, x, gamma, beta);
        (mean, variance) = rule.Statistics;
        return y;
    }

    /// <summary>
    /// With m elements in each mean, s = 1/√(σ² + ε) and x̂ = (x - μ)·s: β̄ = Σ ȳ, γ̄ = Σ ȳ·x̂ and x̄ = γ·s·(ȳ - β̄/m - x̂·γ̄/m). The two terms that are taken away are
    /// what x does to y through μ and through σ². Ioffe and Szegedy, 2015, section 3.
    /// </summary>
    private sealed class NormalizeRule(Axes over, double epsilon) : FusedRule
    {
        private Standardized? kept;

        public (Tensor Mean, Tensor Variance) Statistics => (kept!.Mean, kept.Variance);

        public override string Name => nameof(Normalize);

        public override string Formula => string.Create(
            CultureInfo.InvariantCulture, $"y = γ·x̂ + β with x̂ = (x - μ)/√(σ² + {epsilon}),  x̄ += γ·s·(ȳ - mean(ȳ) - x̂·mean(ȳ·x̂)),  γ̄ += Σ ȳ·x̂,  β̄ += Σ ȳ");

        public override Saves Saves => Saves.First | Saves.Second;

        public override string Options => string.Create(CultureInfo.InvariantCulture, $"{Named(over)}, epsilon {epsilon}");

        public override Tensor Forward(ReadOnlySpan<Tensor> operands)
        {
            (Tensor x, Tensor gamma, Tensor beta) = (operands[0], operands[1], operands[2]);
            Shape along = KeptShape(x.Shape, over);
            if (gamma.Shape != along || beta.Shape != along) throw new ArgumentException($"Normalize: expected γ and β of shape {along} for x {x.Shape}, got {gamma.Shape} and {beta.Shape}.");
            kept = Standardize(x);
            return (kept.Normalized * gamma) + beta;
        }

        public override Variable Composed(IReadOnlyList<Variable> operands)
        {
            Variable centered = operands[0] - Mean(operands[0], over, keepDimensions: true);
            Variable variance = Mean(Square(centered), over, keepDimensions: true);
            return (centered * (operands[1] / Sqrt(variance + epsilon))) + operands[2];
        }

        protected override Tensor?[] Backward(ReadOnlySpan<Tensor> operands, Tensor output, Tensor adjoint, ReadOnlySpan<bool> needed)
        {
            Standardized x = kept?.Of == operands[0] ? kept : Standardize(operands[0]);
            Tensor gammaBar = Reduce.Sum(adjoint * x.Normalized, over, keepDimensions: true);
            Tensor betaBar = Reduce.Sum(adjoint, over, keepDimensions: true);
            if (!needed[0]) return [null, gammaBar, betaBar];
            Tensor share = Tensor.Scalar(1.0 / CountPerResult(operands[0].Shape, over), adjoint.DType);
            Tensor xBar = (adjoint - (betaBar * share) - (x.Normalized * (gammaBar * share))) * (operands[1] * x.InverseDeviation);
            return [xBar, gammaBar, betaBar];
        }

        private Standardized Standardize(Tensor x)
        {
            Tensor share = Tensor.Scalar(1.0 / CountPerResult(x.Shape, over), x.DType);
            Tensor mean = Reduce.Sum(x, over, keepDimensions: true) * share;
            Tensor centered = x - mean;
            Tensor variance = Reduce.Sum(centered * centered, over, keepDimensions: true) * share;
            Tensor inverse = Tensor.Scalar(1, x.DType) / Sqrt(variance + Tensor.Scalar(epsilon, x.DType)).Value;
            return new Standardized(x, mean, variance, centered * inverse, inverse);
        }

        /// <summary>What the forward pass finds and the backward pass reads.</summary>
        private sealed record Standardized(Tensor Of, Tensor Mean, Tensor Variance, Tensor Normalized, Tensor InverseDeviation);
    }
}
