using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// The product of two matrices, or of two batches of them, either read as its transpose without a copy. The axes before the last two broadcast by NumPy's rule.
    /// A batch times a single matrix is computed as one product of matrices, and so is the matrix's gradient.
    /// </summary>
    /// <param name="a">[..., m, k], or [..., k, m] with <paramref name="transposeA"/>.</param>
    /// <param name="b">[..., k, n], or [..., n, k] with <paramref name="transposeB"/>.</param>
    /// <param name="transposeA">Whether a's matrices are read as their transposes.</param>
    /// <param name="transposeB">Whether b's matrices are read as their transposes.</param>
    /// <returns>[..., m, n]</returns>
    /// <exception cref="ArgumentException">An operand has fewer than two axes, the inner sizes differ, the leading ones do not broadcast, or the types differ.</exception>
    public static Variable MatMul(Variable a, Variable b, bool transposeA = false, bool transposeB = false)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        MatMulRule rule = new(transposeA, transposeB);
        if (a.Shape.Rank <= 2 || b.Shape.Rank != 2 || transposeA || a.Shape[-1] != b.Shape[transposeB ? 1 : 0]) return Apply(rule, a, b);

        Shape rows = a.Shape.With(-1, 1);
        Variable y = Apply(rule, Reshape(a, [rows.ElementCount, a.Shape[-1]]), b);
        return Reshape(y, rows.With(-1, y.Shape[-1]));
    }

    /// <summary>
    /// With Y = AB: Ā += Ȳ·Bᵀ and B̄ += Aᵀ·Ȳ, summed over the batches that an operand was repeated for. An operand that was read as its transpose gets the transpose of
    /// that, which is again a product: (Ȳ·Bᵀ)ᵀ = B·Ȳᵀ.
    /// </summary>
    private sealed class MatMulRule(bool transposeA, bool transposeB) : BinaryRule
    {
        public override string Name => nameof(MatMul);

        public override string Formula => (transposeA, transposeB) switch
        {
            (false, false) => "Y = A·B,  Ā += Ȳ·Bᵀ,  B̄ += Aᵀ·Ȳ",
            (true, false) => "Y = Aᵀ·B,  Ā += B·Ȳᵀ,  B̄ += A·Ȳ",
            (false, true) => "Y = A·Bᵀ,  Ā += Ȳ·B,  B̄ += Ȳᵀ·A",
            (true, true) => "Y = Aᵀ·Bᵀ,  Ā += Bᵀ·Ȳᵀ,  B̄ += Ȳᵀ·Aᵀ",
        };

        public override Saves Saves => Saves.First | Saves.Second;

        public override string Options => (transposeA, transposeB) switch
        {
            (false, false) => "",
            (true, false) => "transpose a",
            (false, true) => "transpose b",
            (true, true) => "transpose both",
        };

        public override Tensor Forward(Tensor a, Tensor b) => BatchedProduct.Multiply(a, b, transposeA, transposeB);

        public override Variable VjpFirst(Variable a, Variable b, Variable y, Variable gy) => SumTo(
            transposeA ? MatMul(b, gy, transposeA: transposeB, transposeB: true) : MatMul(gy, b, transposeB: !transposeB),
            a.Shape);

        public override Variable VjpSecond(Variable a, Variable b, Variable y, Variable gy) => SumTo(
            transposeB ? MatMul(gy, a, transposeA: true, transposeB: transposeA) : MatMul(a, gy, transposeA: !transposeA),
            b.Shape);

        public override Variable JvpFirst(Variable a, Variable b, Variable y, Variable ta) => MatMul(ta, b, transposeA, transposeB);

        public override Variable JvpSecond(Variable a, Variable b, Variable y, Variable tb) => MatMul(a, tb, transposeA, transposeB);
    }
}
