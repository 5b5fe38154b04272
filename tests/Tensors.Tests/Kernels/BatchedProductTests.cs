using FsCheck;
using FsCheck.Fluent;

namespace Tapestry.Tensors.Tests;

public class BatchedProductTests
{
    [Fact]
    public void Batches_of_any_shapes_broadcast_and_agree_with_going_index_by_index() => Prop.ForAll(Cases.ToArbitrary(), sampled =>
    {
        (Shape batchA, Shape batchB, int m, int k, int n, bool transposeA, bool transposeB) = sampled;
        Tensor a = Whole([.. batchA, .. transposeA ? (int[])[k, m] : [m, k]]), b = Whole([.. batchB, .. transposeB ? (int[])[n, k] : [k, n]]);

        Tensor y = BatchedProduct.Multiply(a, b, transposeA, transposeB);

        Shape batch = Shape.Broadcast(batchA, batchB);
        Assert.Equal([.. batch, m, n], y.Shape);
        foreach (int[] index in Naive.Indices(y.Shape))
        {
            (int row, int column) = (index[^2], index[^1]);
            double sum = 0;
            for (int i = 0; i < k; i++)
            {
                int[] left = transposeA ? [i, row] : [row, i], right = transposeB ? [column, i] : [i, column];
                sum += a[[.. Own(batchA, index[..^2]), .. left]] * b[[.. Own(batchB, index[..^2]), .. right]];
            }

            Assert.Equal(sum, y[index]);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_even_without_a_single_product()
    {
        Assert.Throws<ArgumentException>(() => BatchedProduct.Multiply(Tensor.Zeros([3]), Tensor.Zeros([2, 3, 1])));
        Assert.Throws<ArgumentException>(() => BatchedProduct.Multiply(Tensor.Zeros([2, 3, 4]), Tensor.Zeros([2, 3, 4])));
        Assert.Throws<ArgumentException>(() => BatchedProduct.Multiply(Tensor.Zeros([0, 3, 4]), Tensor.Zeros([0, 3, 4])));
        Assert.Throws<ArgumentException>(() => BatchedProduct.Multiply(Tensor.Zeros([2, 3, 4]), Tensor.Zeros([3, 4, 3])));
        Assert.Throws<ArgumentException>(() => BatchedProduct.Multiply(Tensor.Zeros([2, 3, 4]), Tensor.Zeros([2, 4, 3], DType.F64)));
        Assert.Throws<ArgumentException>(() => BatchedProduct.Multiply(Tensor.Zeros([2, 3, 4], DType.I32), Tensor.Zeros([2, 4, 3], DType.I32)));
        Assert.Equal([0, 3, 3], BatchedProduct.Multiply(Tensor.Zeros([0, 3, 4]), Tensor.Zeros([4, 3])).Shape);
    }

    [Fact]
    public void A_depth_of_0_gives_zeros() => Assert.Equal(new double[12], BatchedProduct.Multiply(Tensor.Zeros([2, 3, 0]), Tensor.Zeros([0, 2])).ToDoubles());

    private static readonly Gen<(Shape BatchA, Shape BatchB, int M, int K, int N, bool TransposeA, bool TransposeB)> Cases =
        from pair in Samples.BroadcastablePairs.Generator
        where Shape.Broadcast(pair.X, pair.Y).ElementCount <= 40
        from sizes in Gen.Choose(0, 3).ArrayOf(3)
        from transposes in Gen.Elements(false, true).Two()
        select (pair.X, pair.Y, sizes[0], sizes[1], sizes[2], transposes.Item1, transposes.Item2);

    /// <summary>Small whole numbers, whose products add up exactly in any order.</summary>
    private static Tensor Whole(Shape shape)
    {
        Tensor x = Tensor.Zeros(shape, DType.F64);
        for (int i = 0; i < x.Length; i++) x.AsSpan<double>()[i] = (i * 7 % 11) - 5;
        return x;
    }

    /// <summary>An index of the broadcast batch as an index of an operand's own.</summary>
    private static IEnumerable<int> Own(Shape own, int[] index) => index[^own.Rank..].Select((i, axis) => own[axis] == 1 ? 0 : i);
}
