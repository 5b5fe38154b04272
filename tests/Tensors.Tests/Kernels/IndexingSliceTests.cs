using FsCheck;
using FsCheck.Fluent;

namespace Tapestry.Tensors.Tests;

public class IndexingSliceTests
{
    // Rows 0 and 2 of a 3 by 4 matrix, columns 3 and 1.
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.I32)]
    [InlineData(DType.U8)]
    public void Slice_takes_elements_of_every_type(DType dtype)
    {
        Tensor y = Indexing.Slice(Samples.Counting([3, 4], dtype), new(step: 2), new(step: -2));

        Assert.Equal(dtype, y.DType);
        Assert.Equal([2, 2], y.Shape);
        Assert.Equal([3.0, 1, 11, 9], y.ToDoubles());
    }

    [Fact]
    public void Slice_of_any_shape_by_any_ranges_agrees_with_going_index_by_index() => Prop.ForAll(Sliced.ToArbitrary(), sampled =>
    {
        (Shape shape, AxisRange[] ranges) = sampled;
        Tensor x = Samples.Counting(shape);

        Tensor y = Indexing.Slice(x, ranges);

        int[][] positions = [.. shape.Select((size, axis) => Naive.Positions(axis < ranges.Length ? ranges[axis] : AxisRange.All, size))];
        Assert.Equal(positions.Select(each => each.Length), y.Shape);
        foreach (int[] index in Naive.Indices(y.Shape)) Assert.Equal(x[[.. index.Select((i, axis) => positions[axis][i])]], y[index]);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Slice_copies_and_takes_views()
    {
        // Rows 1 and 2 of [[0, 1], [2, 3], [4, 5]].
        Tensor view = Samples.Counting([3, 2]).Rows(1, 2), y = Indexing.Slice(view, 1..);

        Assert.Equal([4.0, 5], y.ToDoubles());
        Assert.NotSame(view.Buffer, y.Buffer);
        Assert.Equal(5, Indexing.Slice(Tensor.Scalar(5)).ToScalar());
        Assert.Equal([0, 65536, 0], Indexing.Slice(Tensor.Zeros([0, 65536, 65536]), .., .., ..0).Shape);
        Assert.Throws<ArgumentException>(() => Indexing.Slice(view, .., .., ..));
    }

    [Fact]
    public void Flip_reverses_the_axes_that_are_named()
    {
        Tensor x = Samples.Counting([2, 3]);

        Assert.Equal([3.0, 4, 5, 0, 1, 2], Indexing.Flip(x, 0).ToDoubles());
        Assert.Equal([2.0, 1, 0, 5, 4, 3], Indexing.Flip(x, -1).ToDoubles());
        Assert.Equal([5.0, 4, 3, 2, 1, 0], Indexing.Flip(x).ToDoubles());
        Assert.Equal(x.ToDoubles(), Indexing.Flip(x, []).ToDoubles());
        Assert.Equal(7, Indexing.Flip(Tensor.Scalar(7)).ToScalar());
        Assert.Equal([0, 2], Indexing.Flip(Tensor.Zeros([0, 2])).Shape);
        Assert.Throws<ArgumentException>(() => Indexing.Flip(x, 2));
    }

    // 1 and 2 with one 9 before, two behind, and one between.
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.I32)]
    [InlineData(DType.U8)]
    public void Pad_puts_a_number_around_and_between_elements_of_every_type(DType dtype)
    {
        Tensor y = Indexing.Pad(Tensor.From([1.0, 2]).Cast(dtype), [new(1, 2, Between: 1)], 9);

        Assert.Equal(dtype, y.DType);
        Assert.Equal([9.0, 1, 9, 2, 9, 9], y.ToDoubles());
    }

    [Fact]
    public void Pad_of_any_shape_agrees_with_going_index_by_index() => Prop.ForAll(Padded.ToArbitrary(), sampled =>
    {
        (Shape shape, AxisPadding[] paddings) = sampled;
        Tensor x = Samples.Counting(shape);

        Tensor y = Indexing.Pad(x, paddings, value: -1);

        Dictionary<string, double> placed = Naive.Indices(shape).ToDictionary(
            index => string.Join(',', index.Select((i, axis) => paddings[axis].Before + (i * (paddings[axis].Between + 1)))), index => x[index]);
        foreach (int[] index in Naive.Indices(y.Shape)) Assert.Equal(placed.GetValueOrDefault(string.Join(',', index), -1), y[index]);
        Assert.Equal(shape.Select((size, axis) => paddings[axis].Before + paddings[axis].After + size + (Math.Max(0, size - 1) * paddings[axis].Between)), y.Shape);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Pad_refuses_to_take_away_and_to_guess()
    {
        Assert.Throws<ArgumentException>(() => Indexing.Pad(Tensor.Zeros([2]), [new(-1, 0)]));
        Assert.Throws<ArgumentException>(() => Indexing.Pad(Tensor.Zeros([2]), [new(0, -1)]));
        Assert.Throws<ArgumentException>(() => Indexing.Pad(Tensor.Zeros([2]), [new(0, 0, -1)]));
        Assert.Throws<ArgumentException>(() => Indexing.Pad(Tensor.Zeros([2, 2]), [new(1, 1)]));
        Assert.Throws<ArgumentException>(() => Indexing.Pad(Tensor.Zeros([2]), [new(int.MaxValue, int.MaxValue)]));
        Assert.Equal(5, Indexing.Pad(Tensor.Scalar(5), []).ToScalar());
    }

    /// <summary>Any shape with a range for some of its leading axes.</summary>
    private static readonly Gen<(Shape Shape, AxisRange[] Ranges)> Sliced =
        from shape in Samples.Shapes.Generator
        from count in Gen.Choose(0, shape.Rank)
        from ranges in Samples.Ranges.ArrayOf(count)
        select (shape, ranges);

    private static readonly Gen<(Shape Shape, AxisPadding[] Paddings)> Padded =
        from shape in Samples.Shapes.Generator
        from paddings in Gen.Choose(0, 2).Three().Select(p => new AxisPadding(p.Item1, p.Item2, p.Item3)).ArrayOf(shape.Rank)
        where shape.Rank < 4
        select (shape, paddings);
}
