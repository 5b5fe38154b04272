using FsCheck;
using FsCheck.Fluent;

namespace Tapestry.Tensors.Tests;

public class IndexingGatherTests
{
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.U8)]
    public void GatherRows_takes_rows_in_order_and_repeatedly(DType dtype)
    {
        Tensor x = Samples.Counting([5, 2], dtype).Rows(1, 4);

        Tensor rows = Indexing.GatherRows(x, [3, 0, 3]);

        Assert.Equal([3, 2], rows.Shape);
        Assert.Equal([8.0, 9, 2, 3, 8, 9], rows.ToDoubles());
    }

    [Fact]
    public void GatherRows_at_its_limits()
    {
        Assert.Equal([0, 2], Indexing.GatherRows(Tensor.Zeros([5, 2]), []).Shape);
        Assert.Equal([2.0, 0], Indexing.GatherRows(Samples.Counting([3]), [2, 0]).ToDoubles());
        Assert.Equal([3, 0], Indexing.GatherRows(Tensor.Zeros([5, 0]), [4, 4, 0]).Shape);
        Assert.Equal([0, 65536, 65536], Indexing.GatherRows(Tensor.Zeros([0, 65536, 65536]), []).Shape);
        Assert.Throws<ArgumentException>(() => Indexing.GatherRows(Tensor.Zeros([5, 2]), [5]));
        Assert.Throws<ArgumentException>(() => Indexing.GatherRows(Tensor.Zeros([5, 2]), [-1]));
        Assert.Throws<ArgumentException>(() => Indexing.GatherRows(Tensor.Zeros([0, 2]), [0]));
        Assert.Throws<ArgumentException>(() => Indexing.GatherRows(Tensor.Scalar(1), [0]));
    }

    // Columns 2, 0, 2 of [[0, 1, 2], [3, 4, 5]].
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.I32)]
    [InlineData(DType.U8)]
    public void Gather_takes_elements_of_every_type(DType dtype)
    {
        Tensor y = Indexing.Gather(Samples.Counting([2, 3], dtype), Tensor.From([2, 0, -1]), -1);

        Assert.Equal(dtype, y.DType);
        Assert.Equal([2, 3], y.Shape);
        Assert.Equal([2.0, 0, 2, 5, 3, 5], y.ToDoubles());
    }

    [Fact]
    public void Gather_by_indices_of_any_rank_replaces_the_axis_by_their_shape() => Prop.ForAll(Cases.ToArbitrary(), sampled =>
    {
        (Shape shape, Tensor indices, int axis) = sampled;
        Tensor x = Samples.Counting(shape), y = Indexing.Gather(x, indices, axis - shape.Rank);

        Assert.Equal([.. shape.Take(axis), .. indices.Shape, .. shape.Skip(axis + 1)], y.Shape);
        foreach (int[] index in Naive.Indices(y.Shape))
        {
            int behind = axis + indices.Rank;
            int named = (int)indices[index.AsSpan(axis..behind)];
            Assert.Equal(x[[.. index[..axis], named, .. index[behind..]]], y[index]);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Gather_by_bytes_and_by_one_number()
    {
        Tensor x = Samples.Counting([3, 2]);

        Assert.Equal([4.0, 5], Indexing.Gather(x, Tensor.From([(byte)2]), 0).ToDoubles());
        Assert.Equal([2], Indexing.Gather(x, Tensor.Scalar(-1, DType.I32), 0).Shape);
        Assert.Equal([4.0, 5], Indexing.Gather(x, Tensor.Scalar(-1, DType.I32), 0).ToDoubles());
        Assert.Equal([3, 0, 4], Indexing.Gather(x, Tensor.Zeros([0, 4], DType.I32), 1).Shape);
        Assert.Equal([0, 0, 3], Indexing.Gather(Tensor.Zeros([0, 3]), Tensor.Zeros([0, 0], DType.I32), 0).Shape);
    }

    [Fact]
    public void Gather_refuses_what_lies_outside_and_what_is_no_integer()
    {
        Assert.Contains("got 3 at position 1", Assert.Throws<ArgumentException>(() => Indexing.Gather(Tensor.Zeros([3, 2]), Tensor.From([0, 3]), 0)).Message, StringComparison.Ordinal);
        Assert.Contains("got -4 at position 0", Assert.Throws<ArgumentException>(() => Indexing.Gather(Tensor.Zeros([3, 2]), Tensor.From([-4]), 0)).Message, StringComparison.Ordinal);
        Assert.Contains("got 0 at position 0", Assert.Throws<ArgumentException>(() => Indexing.Gather(Tensor.Zeros([0, 2]), Tensor.From([0]), 0)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Indexing.Gather(Tensor.Zeros([3]), Tensor.From([0f]), 0));
        Assert.Throws<ArgumentException>(() => Indexing.Gather(Tensor.Scalar(1), Tensor.From([0]), 0));
    }

    // 1, 2 and 3 at places 2, 0 and -1 of three.
    [Fact]
    public void What_is_scattered_to_one_place_adds_up() =>
        Assert.Equal([2.0, 0, 4], Scatter.Add(Tensor.From([1.0, 2, 3]), Tensor.From([2, 0, -1]), [3], 0).ToDoubles());

    // ⟨gather(x), y⟩ = ⟨x, scatter(y)⟩ in whole numbers, which add up exactly in any order.
    [Fact]
    public void Scattering_is_the_transpose_of_gathering() => Prop.ForAll(Cases.ToArbitrary(), sampled =>
    {
        (Shape shape, Tensor indices, int axis) = sampled;
        foreach (DType dtype in (DType[])[DType.F32, DType.F64])
        {
            Tensor x = Samples.Counting(shape, dtype), gathered = Indexing.Gather(x, indices, axis), y = Samples.Counting(gathered.Shape, dtype);

            Tensor scattered = Scatter.Add(y, indices, shape, axis);

            Assert.Equal(shape, scattered.Shape);
            Assert.Equal(Reduce.Sum(gathered * y).ToScalar(), Reduce.Sum(x * scattered).ToScalar());
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Scattering_nothing_gives_zeros_even_in_used_memory()
    {
        Tensor used = Tensor.Uninitialized([2, 3], DType.F32);
        used.AsSpan<float>().Fill(9);
        used.Buffer.Release();

        Assert.Equal(new double[6], Scatter.Add(Tensor.Zeros([0, 3]), Tensor.Zeros([0], DType.I32), [2, 3], 0).ToDoubles());
    }

    [Fact]
    public void Scattering_refuses_what_does_not_fit()
    {
        Assert.Throws<ArgumentException>(() => Scatter.Add(Tensor.Zeros([2, 3]), Tensor.From([0, 1, 2]), [3, 3], 0));
        Assert.Throws<ArgumentException>(() => Scatter.Add(Tensor.Zeros([2, 3]), Tensor.From([0, 3]), [3, 3], 0));
        Assert.Throws<ArgumentException>(() => Scatter.Add(Tensor.Zeros([2], DType.I32), Tensor.From([0, 1]), [3], 0));
        Assert.Throws<ArgumentException>(() => Scatter.Add(Tensor.Zeros([2]), Tensor.From([0f, 1]), [3], 0));
    }

    /// <summary>A shape, an axis of it, and indices of rank 0 to 3 into that axis; none where the axis is empty.</summary>
    private static readonly Gen<(Shape Shape, Tensor Indices, int Axis)> Cases =
        from shape in Samples.Shapes.Generator
        where shape.Rank > 0
        from axis in Gen.Choose(0, shape.Rank - 1)
        from sizes in Gen.Choose(0, 3).ArrayOf(3)
        from rank in Gen.Choose(0, 3)
        let indexed = shape[axis] == 0 ? Shape.Of(0, 2) : Shape.Of(sizes.AsSpan(0, rank))
        from indices in Gen.Choose(-shape[axis], Math.Max(0, shape[axis] - 1)).ArrayOf(indexed.ElementCount)
        select (shape, Tensor.From(indices, indexed), axis);
}
