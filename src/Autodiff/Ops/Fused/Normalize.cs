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
    /// <param name="gamma">The scale: x's sizes along the kept axes, the others either with size 1 or left out.</param>
    /// <param name="beta">The shift, in γ's shape.</param>
    /// <param name="over">The axes to reduce.</param>
    /// <param name="epsilon">What is added to the variance inside the root.</param>
    /// <exception cref="ArgumentException">γ and β are not of x's sizes along the kept axes.</exception>
    public static Variable Normalize(Variable x, Variable gamma, Variable beta, Axes over, double epsilon) => Normalize(x, gamma, beta, over, epsilon, out _, out _);

    /// <summary><see cref="Normalize(Variable, Variable, Variable, Axes, double)"/>, and the statistics that it found, in γ's shape.</summary>
    public static Variable Normalize(Variable x, Variable gamma, Variable beta, Axes over, double epsilon, out Tensor mean, out Tensor variance)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(gamma);
        NormalizeRule rule = new(over, epsilon);
        Variable y = Apply(rule, x, gamma, beta);
        (mean, variance) = rule.Statistics(x.Value, gamma.Shape);
        x.Tape?.Own(mean);
        x.Tape?.Own(variance);
        return y;
    }

    /// <summary>
    /// With m elements in each mean, s = 1/√(σ² + ε) and x̂ = (x - μ)·s: β̄ = Σ ȳ, γ̄ = Σ ȳ·x̂ and x̄ = γ·s·(ȳ - β̄/m - x̂·γ̄/m). The two terms that are taken away are
    /// what x does to y through μ and through σ². Ioffe and Szegedy, 2015, section 3.
    /// </summary>
    private sealed class NormalizeRule(Axes over, double epsilon) : FusedRule, IScalesNormalized
    {
        private (Tensor Of, Tensor Mean, Tensor Variance)? kept;

        public override string Name => nameof(Normalize);

        internal override IEnumerable<Tensor> Found => kept is { } found ? [found.Mean, found.Variance] : [];

        public override string Formula => string.Create(
            CultureInfo.InvariantCulture, $"y = γ·x̂ + β with x̂ = (x - μ)/√(σ² + {epsilon}),  x̄ += γ·s·(ȳ - mean(ȳ) - x̂·mean(ȳ·x̂)),  γ̄ += Σ ȳ·x̂,  β̄ += Σ ȳ");

        public override Saves Saves => Saves.First | Saves.Second;

        public override string Options => string.Create(CultureInfo.InvariantCulture, $"{Named(over)}, epsilon {epsilon}");

        /// <summary>The mean and variance of x, in the parameters' shape.</summary>
        public (Tensor Mean, Tensor Variance) Statistics(Tensor x, Shape shape)
        {
            if (kept is not { } found || found.Of != x || found.Mean.Buffer.IsReleased) kept = found = Measure(x);
            return (found.Mean.Reshape(shape), found.Variance.Reshape(shape));
        }

        public override Tensor Forward(ReadOnlySpan<Tensor> operands)
        {
            (Tensor x, Tensor gamma, Tensor beta) = (operands[0], operands[1], operands[2]);
            KeptAxes axes = new(x.Shape, over);
            axes.Check(Name, gamma, beta);
            if (axes.Columns > 0)
            {
                (Tensor result, Tensor columnMean, Tensor columnVariance) = ColumnNormalization.Forward(x.Reshape(-1, axes.Columns), gamma, beta, epsilon);
                kept = (x, columnMean, columnVariance);
                return result.Reshape(x.Shape);
            }

            Shape along = axes.Along;
            (Tensor mean, Tensor variance) = Statistics(x, along);
            return ((x - mean) * (gamma.Reshape(along) * InverseDeviation(variance))) + beta.Reshape(along);
        }

        public Tensor? Normalized(ReadOnlySpan<Tensor> operands)
        {
            (Tensor x, Tensor gamma) = (operands[0], operands[1]);
            if (x.Rank != 2 || new KeptAxes(x.Shape, over).Columns != x.Shape[1]) return null;
            (Tensor mean, Tensor variance) = Statistics(x, gamma.Shape);
            return ColumnNormalization.Apply(x, mean, variance, epsilon);
        }

        public override Variable Composed(IReadOnlyList<Variable> operands)
        {
            Variable centered = operands[0] - Mean(operands[0], over, keepDimensions: true);
            Variable variance = Mean(Square(centered), over, keepDimensions: true);
            return (centered * (Reshape(operands[1], variance.Shape) / Sqrt(variance + epsilon))) + Reshape(operands[2], variance.Shape);
        }

        protected override Tensor?[] Backward(ReadOnlySpan<Tensor> operands, Tensor output, Tensor adjoint, ReadOnlySpan<bool> needed)
        {
            (Tensor x, Tensor gamma) = (operands[0], operands[1]);
            KeptAxes axes = new(x.Shape, over);
            if (axes.Columns > 0)
            {
                (Tensor columnMean, Tensor columnVariance) = Statistics(x, gamma.Shape);
                (Tensor? xOfColumns, Tensor gammaOfColumns, Tensor betaOfColumns) =
                    ColumnNormalization.Backward(x.Reshape(-1, axes.Columns), gamma, columnMean, columnVariance, epsilon, adjoint.Reshape(-1, axes.Columns), needed[0]);
                return [xOfColumns?.Reshape(x.Shape), gammaOfColumns.Reshape(gamma.Shape), betaOfColumns.Reshape(gamma.Shape)];
            }

            Shape along = axes.Along;
            (Tensor mean, Tensor variance) = Statistics(x, along);
            Tensor inverse = InverseDeviation(variance), normalized = (x - mean) * inverse;
            Tensor gammaBar = Reduce.Sum(adjoint * normalized, over, keepDimensions: true);
            Tensor betaBar = Reduce.Sum(adjoint, over, keepDimensions: true);
            if (!needed[0]) return [null, gammaBar.Reshape(gamma.Shape), betaBar.Reshape(gamma.Shape)];
            Tensor count = Tensor.Scalar(CountPerResult(x.Shape, over), x.DType);
            Tensor xBar = (adjoint - (betaBar / count) - (normalized * (gammaBar / count))) * (gamma.Reshape(along) * inverse);
            return [xBar, gammaBar.Reshape(gamma.Shape), betaBar.Reshape(gamma.Shape)];
        }

        private Tensor InverseDeviation(Tensor variance) => Tensor.Scalar(1, variance.DType) / Sqrt(variance + Tensor.Scalar(epsilon, variance.DType)).Value;

        private (Tensor Of, Tensor Mean, Tensor Variance) Measure(Tensor x)
        {
            Tensor count = Tensor.Scalar(CountPerResult(x.Shape, over), x.DType);
            Tensor mean = Reduce.Sum(x, over, keepDimensions: true) / count;
            Tensor centered = x - mean;
            return (x, mean, Reduce.Sum(centered * centered, over, keepDimensions: true) / count);
        }
    }
}
