using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>The product of two matrices, either read as its transpose without a copy.</summary>
    /// <param name="a">[m, k], or [k, m] with <paramref name="transposeA"/>.</param>
    /// <param name="b">[k, n], or [n, k] with <paramref name="transposeB"/>.</param>
    /// <param name="transposeA">Whether a is read as its transpose.</param>
    /// <param name="transposeB">Whether b is read as its transpose.</param>
    /// <returns>[m, n]</returns>
    /// <exception cref="ArgumentException">An operand is not a matrix, the inner sizes differ, or the types do.</exception>
    public static Variable MatMul(Variable a, Variable b, bool transposeA = false, bool transposeB = false) => Apply(new MatMulRule(transposeA, transposeB), a, b);

    /// <summary>
    /// With Y = AB: Ā += Ȳ·Bᵀ and B̄ += Aᵀ·Ȳ. An operand that was read as its transpose gets the transpose of that, which is again a product: (Ȳ·Bᵀ)ᵀ = B·Ȳᵀ.
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

        public override Tensor Forward(Tensor a, Tensor b) => MatrixProduct.Multiply(a, b, transposeA, transposeB);

        public override Variable VjpFirst(Variable a, Variable b, Variable y, Variable gy) => transposeA
            ? MatMul(b, gy, transposeA: transposeB, transposeB: true)
            : MatMul(gy, b, transposeB: !transposeB);

        public override Variable VjpSecond(Variable a, Variable b, Variable y, Variable gy) => transposeB
            ? MatMul(gy, a, transposeA: true, transposeB: transposeA)
            : MatMul(a, gy, transposeA: !transposeA);

        public override Variable JvpFirst(Variable a, Variable b, Variable y, Variable ta) => MatMul(ta, b, transposeA, transposeB);

        public override Variable JvpSecond(Variable a, Variable b, Variable y, Variable tb) => MatMul(a, tb, transposeA, transposeB);
    }
}
