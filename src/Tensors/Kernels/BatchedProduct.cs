namespace Tapestry.Tensors;

/// <summary>Matrix products of whole batches: the last two axes are matrices, the axes before them broadcast by NumPy's rule.</summary>
public static class BatchedProduct
{
    /// <summary>The product of each pair of matrices, either read as its transpose.</summary>
    /// <param name="a">[..., m, k], or [..., k, m] with <paramref name="transposeA"/>; F32 or F64.</param>
    /// <param name="b">[..., k, n], or [..., n, k] with <paramref name="transposeB"/>; the type of a.</param>
    /// <param name="transposeA">Whether a's matrices are read as their transposes; nothing is copied for it.</param>
    /// <param name="transposeB">Whether b's matrices are read as their transposes.</param>
    /// <returns>[..., m, n]</returns>
    /// <exception cref="ArgumentException">An operand has fewer than two axes, the inner sizes differ, the leading ones do not broadcast, or the types differ or are not F32 or F64.</exception>
    public static Tensor Multiply(Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Rank < 2 || b.Rank < 2) throw new ArgumentException($"MatMul: expected two matrices or batches of matrices, got shapes {a.Shape} and {b.Shape}. Reshape a vector to a row or a column.");
        if (a.Rank == 2 && b.Rank == 2) return MatrixProduct.Multiply(a, b, transposeA, transposeB);

        Guard.SameDType("MatMul", a, b);
        if (!a.DType.IsFloat()) throw Guard.NotFloat("MatMul", a);
        (int rows, int depth) = transposeA ? (a.Shape[-1], a.Shape[-2]) : (a.Shape[-2], a.Shape[-1]);
        (int depthB, int columns) = transposeB ? (b.Shape[-1], b.Shape[-2]) : (b.Shape[-2], b.Shape[-1]);
        if (depth != depthB) throw new ArgumentException($"MatMul: expected as many columns on the left as rows on the right, got {Read(a.Shape, transposeA)} and {Read(b.Shape, transposeB)}.");
        Shape batchA = Batch(a.Shape), batchB = Batch(b.Shape), batch = Shape.Broadcast(batchA, batchB);

        Tensor result = Tensor.Uninitialized(Shape.Of([.. batch, rows, columns]), a.DType);
        if (result.Length == 0) return result;
        Tensor matricesA = a.Reshape(batchA.ElementCount, a.Shape[-2], a.Shape[-1]), matricesB = b.Reshape(batchB.ElementCount, b.Shape[-2], b.Shape[-1]);
        Tensor matrices = result.Reshape(batch.ElementCount, rows, columns);
        BroadcastPlan plan = new(batchA, batchB, batch);
        foreach ((int startA, int startB, int start) in plan)
        {
            for (int i = 0; i < plan.RunLength; i++)
            {
                Tensor product = MatrixProduct.Multiply(
                    Matrix(matricesA, plan.RepeatsX ? startA : startA + i), Matrix(matricesB, plan.RepeatsY ? startB : startB + i), transposeA, transposeB);
                Matrix(matrices, start + i).CopyFrom(product);
                product.Buffer.Release();
            }
        }

        return result;
    }

    private static Shape Batch(Shape shape) => Shape.Of(shape.AsSpan()[..^2]);

    private static string Read(Shape shape, bool transposed) => transposed ? $"{shape} transposed" : $"{shape}";

    private static Tensor Matrix(Tensor matrices, int index) => matrices.Rows(index, 1).Reshape(matrices.Shape.WithoutFirst());
}
