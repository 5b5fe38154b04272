using FsCheck;
using FsCheck.Fluent;

namespace Tapestry.Tensors.Tests;

public class ScanTests
{
    [Theory]
    [InlineData(false, false, new[] { 1.0, 3, 6, 10 })]
    [InlineData(true, false, new[] { 0.0, 1, 3, 6 })]
    [InlineData(false, true, new[] { 10.0, 9, 7, 4 })]
    [InlineData(true, true, new[] { 9.0, 7, 4, 0 })]
    public void Running_sums_of_1_to_4(bool exclusive, bool reverse, double[] expected)
    {
        Assert.Equal(expected, Scan.Sum(Tensor.From([1.0, 2, 3, 4]), 0, exclusive, reverse).ToDoubles());
        Assert.Equal(expected, Scan.Sum(Tensor.From([1f, 2, 3, 4]), -1, exclusive, reverse).ToDoubles());
    }

    [Fact]
    public void Sums_along_any_axis_of_any_shape_agree_with_going_index_by_index() => Prop.ForAll(Samples.Shapes, Gen.Choose(0, 3).ToArbitrary(), (shape, picked) =>
    {
        if (shape.Rank == 0) return;
        int axis = picked % shape.Rank;
        Tensor x = Samples.Counting(shape), y = Scan.Sum(x, axis);

        Assert.Equal(shape, y.Shape);
        foreach (int[] index in Naive.Indices(shape)) Assert.Equal(Enumerable.Range(0, index[axis] + 1).Sum(i => x[[.. index[..axis], i, .. index[(axis + 1)..]]]), y[index]);
    }).QuickCheckThrowOnFailure();

    // In a running sum of floats, 0.1 · 10^6 ends at 100958.34; the exact sum of a million floats nearest to 0.1 is 100000.00149, and the nearest float to that 100000.
    [Fact]
    public void A_long_sum_of_F32_keeps_its_accuracy()
    {
        Assert.Equal(100000, Scan.Sum(Tensor.Full([1_000_000], 0.1), 0)[-1]);
        Assert.Equal([100000.0, 100000], Indexing.Slice(Scan.Sum(Tensor.Full([1_000_000, 2], 0.1), 0), ^1..).ToDoubles());
    }

    [Fact]
    public void Integers_and_scalars_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Scan.Sum(Tensor.From([1, 2]), 0));
        Assert.Throws<ArgumentException>(() => Scan.Sum(Tensor.Scalar(1), 0));
        Assert.Throws<ArgumentException>(() => Scan.Sum(Tensor.Zeros([2]), 1));
    }
}
