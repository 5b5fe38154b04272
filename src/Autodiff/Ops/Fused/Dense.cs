using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = f(x·kernel + bias): a dense layer in one operation, whose bias and activation are applied to each part of the product while the cache holds it.</summary>
    /// <param name="x">[m, in]</param>
    /// <param name="kernel">[in, out]</param>
    /// <param name="bias">[out]; null for none.</param>
    /// <param name="activation">f; the identity where null.</param>
    /// <returns>[m, out]</returns>
    /// <exception cref="ArgumentException">The shapes do not belong together, or the types differ.</exception>
    public static Variable Dense(Variable x, Variable kernel, Variable? bias = null, FusedActivation? activation = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(kernel);
        DenseRule rule = activation is null ? DenseRule.Linear : activation.Rule;
        return bias is null ? Apply(rule, x, kernel) : Apply(rule, x, kernel, bias);
    }

    /// <summary>With z = x·W + b and y = f(z): z̄ = ȳ·f′, which y alone gives, then W̄ += xᵀ·z̄, b̄ += Σ z̄ over the rows and x̄ += z̄·Wᵀ.</summary>
    internal sealed class DenseRule(FusedActivation activation) : FusedRule, IReversesThrough, IHandsOverRows
    {
        public static readonly DenseRule Linear = FusedActivation.Linear.Rule;

        public override string Name => nameof(Dense);

        public override string Formula => $"y = f(x·W + b) with f = {activation},  z̄ = ȳ·f′,  x̄ += z̄·Wᵀ,  W̄ += xᵀ·z̄,  b̄ += Σ z̄";

        public override Saves Saves => Saves.First | Saves.Second | (activation.IsLinear ? Saves.Nothing : Saves.Output);

        public override string Options => activation.IsLinear ? "" : $"{activation}";

        public override Tensor Forward(ReadOnlySpan<Tensor> operands)
        {
            (Tensor x, Tensor kernel, Tensor? bias) = (operands[0], operands[1], operands.Length > 2 ? operands[2] : null);
            if (bias is not null && (kernel.Rank != 2 || bias.Shape.Rank != 1 || bias.Length != kernel.Shape[1] || bias.DType != kernel.DType))
            {
                throw new ArgumentException($"Dense: expected a bias of one number for each column of kernel {kernel.DType}{kernel.Shape}, got {bias.DType}{bias.Shape}.");
            }

            return activation.Forward(x, kernel, bias);
        }

        /// <summary>
        /// Where x = γ·x̂ + β and only γ and β want something of x̄: G = x̂ᵀ·z̄ gives W̄, γ̄ and β̄, and z̄·Wᵀ is not made. So a normalization of the data costs next to nothing backward.
        /// </summary>
        public bool TryVjp(Entry entry, Entry maker, Tensor adjoint, ReadOnlySpan<bool> needed, ReadOnlySpan<bool> neededByMaker, Span<Tensor?> contributions, Span<Tensor?> contributionsOfMaker, IRowSink? rows)
        {
            if (!needed[1] || maker.Rule is not IScalesNormalized normalization || neededByMaker[0]) return false;
            (FewTensors few, FewTensors fewOfMaker) = (default, default);
            ReadOnlySpan<Tensor> operands = few.ValuesOf(entry.OperandSpan), made = fewOfMaker.ValuesOf(maker.OperandSpan);
            if (normalization.Normalized(made) is not { } normalized) return false;
            (Tensor inner, Tensor sum) = activation.IsLinear ? (adjoint, Reduce.Sum(adjoint, 0)) : activation.Backward(entry.Output.Value, adjoint);
            (Tensor? kernel, Tensor gamma, Tensor beta) = ScaledKernel.Backward(normalized, inner, sum, operands[1], made[1], made[2], rows);
            normalized.Buffer.Release();
            if (inner != adjoint) inner.Buffer.Release();
            (contributions[1], contributionsOfMaker[1], contributionsOfMaker[2]) = (kernel, gamma.Reshape(made[1].Shape), beta.Reshape(made[2].Shape));
            if (operands.Length > 2) contributions[2] = sum;
            else sum.Buffer.Release();
            return true;
        }

        public override Variable Composed(IReadOnlyList<Variable> operands)
        {
            Variable product = MatMul(operands[0], operands[1]);
            return activation.Compose(operands.Count > 2 ? product + operands[2] : product);
        }

        public Tensor?[] Backward(ReadOnlySpan<Tensor> operands, Tensor output, Tensor adjoint, ReadOnlySpan<bool> needed, IRowSink rows) =>
            Contributions(operands, output, adjoint, needed, rows);

        protected override Tensor?[] Backward(ReadOnlySpan<Tensor> operands, Tensor output, Tensor adjoint, ReadOnlySpan<bool> needed) =>
            Contributions(operands, output, adjoint, needed, rows: null);

        private Tensor?[] Contributions(ReadOnlySpan<Tensor> operands, Tensor output, Tensor adjoint, ReadOnlySpan<bool> needed, IRowSink? rows)
        {
            bool needsBias = operands.Length > 2 && needed[2];
            (Tensor inner, Tensor? bias) = activation.IsLinear ? (adjoint, needsBias ? Reduce.Sum(adjoint, 0) : null) : activation.Backward(output, adjoint);
            Tensor? x = needed[0] ? MatrixProduct.Multiply(inner, operands[1], transposeB: true) : null;
            Tensor? kernel = needed[1] && rows is null ? MatrixProduct.Multiply(operands[0], inner, transposeA: true) : null;
            if (rows is not null) MatrixProduct.MultiplyInto(operands[0], inner, rows, default(NoEpilogue));
            if (inner != adjoint) inner.Buffer.Release();
            if (!needsBias) bias?.Buffer.Release();
            return operands.Length > 2 ? [x, kernel, needsBias ? bias : null] : [x, kernel];
        }
    }
}
