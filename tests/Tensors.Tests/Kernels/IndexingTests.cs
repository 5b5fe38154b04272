using FsCheck;
using FsCheck.Fluent;

namespace Tapestry.Tensors.Tests;

public class IndexingTests
{
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.I32)]
    [InlineData(DType.U8)]
    public void Permute_moves_every_element_of_every_type(DType dtype)
    {
        Tensor x = Samples.Counting([2, 3, 4], dtype);

        Tensor y = Indexing.Permute(x, [2, 0, 1]);

        Assert.Equal([4, 2, 3], y.Shape);
        Assert.Equal(dtype, y.DType);
        foreach (int[] i in Naive.Indices(y.Shape)) Assert.Equal(x[i[1], i[2], i[0]], y[i]);
    }

    [Fact]
    public void Permute_takes_negative_axes_and_views()
    {
        // Rows 1 and 2 of [[0, 1, 2], [3, 4, 5], [6, 7, 8]], transposed.
        Tensor y = Indexing.Permute(Samples.Counting([3, 3]).Rows(1, 2), [-1, -2]);

        Assert.Equal([3.0, 6, 4, 7, 5, 8], y.ToDoubles());
    }

    [Fact]
    public void Permute_of_no_axes_and_of_none_to_move()
    {
        Assert.Equal(5, Indexing.Permute(Tensor.Scalar(5), []).ToScalar());
        Assert.Equal([4, 0, 3], Indexing.Permute(Tensor.Zeros([0, 3, 4]), [2, 0, 1]).Shape);
        Assert.Equal([65536, 65536, 0], Indexing.Permute(Tensor.Zeros([0, 65536, 65536]), [1, 2, 0]).Shape);
        Tensor x = Samples.Counting([2, 2]), same = Indexing.Permute(x, [0, 1]);
        Assert.Equal(x.ToDoubles(), same.ToDoubles());
        Assert.NotSame(x.Buffer, same.Buffer);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0, 0)]
    [InlineData(0, -2)]
    [InlineData(0, 2)]
    [InlineData(0, 1, 2)]
    public void An_order_that_does_not_name_each_axis_once_is_refused(params int[] order) =>
        Assert.Throws<ArgumentException>(() => Indexing.Permute(Tensor.Zeros([2, 2]), Axes.Of(order)));

    [Fact]
    public void Permuting_back_restores_any_tensor() => Prop.ForAll(Samples.Shapes, Gen.Choose(0, 1000).ToArbitrary(), (shape, seed) =>
    {
        Tensor x = Samples.Counting(shape);
        int[] order = new Rng((ulong)seed).Permutation(shape.Rank);
        int[] inverse = [.. Enumerable.Range(0, shape.Rank).Select(axis => Array.IndexOf(order, axis))];

        Tensor back = Indexing.Permute(Indexing.Permute(x, Axes.Of(order)), Axes.Of(inverse));

        return back.Shape == shape && back.ToDoubles().SequenceEqual(x.ToDoubles());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void BroadcastTo_repeats_by_index_for_any_shapes() => Prop.ForAll(Samples.BroadcastablePairs, pair =>
    {
        Shape target = Shape.Broadcast(pair.X, pair.Y);
        foreach (DType dtype in new[] { DType.F32, DType.F64, DType.U8 })
        {
            Tensor x = Samples.Counting(pair.X, dtype);
            Tensor result = Indexing.BroadcastTo(x, target);
            Assert.Equal(target, result.Shape);
            Assert.Equal(Naive.Indices(target).Select(index => Naive.Broadcast(x, index)), result.ToDoubles());
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void BroadcastTo_refuses_to_shrink()
    {
        Assert.Throws<ArgumentException>(() => Indexing.BroadcastTo(Tensor.Zeros([2, 3]), [3]));
        Assert.Throws<ArgumentException>(() => Indexing.BroadcastTo(Tensor.Zeros([2]), [3]));
        Assert.Throws<ArgumentException>(() => Indexing.BroadcastTo(Tensor.Zeros([2]), []));
        Assert.Equal([0, 2], Indexing.BroadcastTo(Tensor.Zeros([2]), [0, 2]).Shape);
    }

    [Fact]
    public void OneHot_sets_the_class_and_clears_the_rest_even_in_used_memory()
    {
        Tensor used = Tensor.Uninitialized([2, 3], DType.F32);
        used.AsSpan<float>().Fill(9);
        used.Buffer.Release();

        Assert.Equal([0f, 0, 1, 1, 0, 0], Indexing.OneHot(Tensor.From([2, 0]), 3).ToArray<float>());
        Assert.Equal([0.0, 1], Indexing.OneHot(Tensor.From([(byte)1]), 2, DType.F64).ToArray<double>());
        Assert.Equal([0, 1], Indexing.OneHot(Tensor.Scalar(1, DType.I32), 2, DType.I32).ToArray<int>());
        Assert.Equal([2, 1, 4], Indexing.OneHot(Tensor.From([3, 0], [2, 1]), 4, DType.U8).Shape);
        Assert.Equal([0, 4], Indexing.OneHot(Tensor.Zeros([0], DType.I32), 4).Shape);
    }

    [Fact]
    public void OneHot_refuses_fractions_and_labels_outside_the_classes()
    {
        Assert.Throws<ArgumentException>(() => Indexing.OneHot(Tensor.From([1f]), 3));
        Assert.Contains("got 3 at position 1", Assert.Throws<ArgumentException>(() => Indexing.OneHot(Tensor.From([0, 3]), 3)).Message, StringComparison.Ordinal);
        Assert.Contains("got -1 at position 0", Assert.Throws<ArgumentException>(() => Indexing.OneHot(Tensor.From([-1]), 3)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Indexing.OneHot(Tensor.From([0]), 0));
        Assert.Throws<ArgumentException>(() => Indexing.OneHot(Tensor.From([0]), -1));
    }
}
