using FsCheck;
using FsCheck.Fluent;

namespace Tapestry.Tensors.Tests;

public class IndexingJoinTests
{
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.I32)]
    [InlineData(DType.U8)]
    public void Concatenate_joins_tensors_of_every_type(DType dtype)
    {
        Tensor a = Samples.Counting([2, 2], dtype), b = Samples.Counting([2, 1], dtype);

        Tensor y = Indexing.Concatenate([a, b, a], -1);

        Assert.Equal(dtype, y.DType);
        Assert.Equal([2, 5], y.Shape);
        Assert.Equal([0.0, 1, 0, 0, 1, 2, 3, 1, 2, 3], y.ToDoubles());
    }

    [Fact]
    public void Concatenate_of_any_parts_agrees_with_going_index_by_index() => Prop.ForAll(Cases.ToArbitrary(), sampled =>
    {
        (Shape shape, int[] sizes, int axis) = sampled;
        Tensor[] parts = [.. sizes.Select((size, i) => Samples.Counting(shape.With(axis, size)) + Tensor.Scalar(1000 * i, DType.F64))];

        Tensor y = Indexing.Concatenate(parts, axis);

        Assert.Equal(shape.With(axis, sizes.Sum()), y.Shape);
        foreach (int[] index in Naive.Indices(y.Shape))
        {
            (int part, int place) = (0, index[axis]);
            while (place >= sizes[part]) place -= sizes[part++];
            Assert.Equal(parts[part][[.. index[..axis], place, .. index[(axis + 1)..]]], y[index]);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Parts_that_do_not_fit_together_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Indexing.Concatenate([], 0));
        Assert.Throws<ArgumentException>(() => Indexing.Concatenate([Tensor.Scalar(1)], 0));
        Assert.Throws<ArgumentException>(() => Indexing.Concatenate([Tensor.Zeros([2, 3]), Tensor.Zeros([2, 2])], 0));
        Assert.Throws<ArgumentException>(() => Indexing.Concatenate([Tensor.Zeros([2, 3]), Tensor.Zeros([2])], 0));
        Assert.Throws<ArgumentException>(() => Indexing.Concatenate([Tensor.Zeros([2]), Tensor.Zeros([2], DType.F64)], 0));
        Assert.Throws<ArgumentException>(() => Indexing.Concatenate([Tensor.Zeros([2])], 1));
        Assert.Equal([2], Indexing.Concatenate([Tensor.Zeros([2])], 0).Shape);
    }

    /// <summary>A shape, an axis, and the sizes that one to four parts have along it.</summary>
    private static readonly Gen<(Shape Shape, int[] Sizes, int Axis)> Cases =
        from shape in Samples.Shapes.Generator
        where shape.Rank > 0
        from axis in Gen.Choose(0, shape.Rank - 1)
        from count in Gen.Choose(1, 4)
        from sizes in Gen.Choose(0, 3).ArrayOf(count)
        select (shape, sizes, axis);
}
