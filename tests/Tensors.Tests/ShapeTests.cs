using FsCheck;
using FsCheck.Fluent;

namespace Tapestry.Tensors.Tests;

public class ShapeTests
{
    [Fact]
    public void ElementCount_is_the_product_of_the_sizes()
    {
        Assert.Equal(24, Shape.Of(2, 3, 4).ElementCount);
        Assert.Equal(1, Shape.Scalar.ElementCount);
        Assert.Equal(0, Shape.Of(2, 0, 4).ElementCount);
    }

    [Fact]
    public void A_collection_expression_makes_a_shape()
    {
        Shape shape = [32, 28, 28];

        Assert.Equal(3, shape.Rank);
        Assert.Equal([32, 28, 28], shape.ToArray());
        Assert.Equal("[32, 28, 28]", shape.ToString());
        Assert.Equal("[]", Shape.Scalar.ToString());
    }

    // 65536 · 65536 = 2^32, which is 0 in an int; 46341² is the smallest square above 2^31; 2^31 · 2^31 · 4 = 2^64 is 0 even in a long.
    [Theory]
    [InlineData(65536, 65536)]
    [InlineData(46341, 46341)]
    [InlineData(65536, 65536, 65536, 65536)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue)]
    [InlineData(2, 65536, 32768)]
    public void A_product_beyond_the_longest_array_is_refused(params int[] sizes)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Shape.Of(sizes));

        Assert.StartsWith($"Shape: expected at most 2147483591 elements, got [{string.Join(", ", sizes)}].", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_array_is_allowed() => Assert.Equal(2147483591, Shape.Of(2147483591).ElementCount);

    [Theory]
    [InlineData(0, 65536, 65536)]
    [InlineData(65536, 65536, 0)]
    [InlineData(65536, 0, 65536)]
    public void A_size_of_zero_makes_any_other_sizes_fit(params int[] sizes) => Assert.Equal(0, Shape.Of(sizes).ElementCount);

    [Theory]
    [InlineData(-1)]
    [InlineData(2, -3)]
    [InlineData(0, -1)]
    [InlineData(int.MinValue)]
    public void A_negative_size_is_refused(params int[] sizes) => Assert.Throws<ArgumentException>(() => Shape.Of(sizes));

    [Fact]
    public void Negative_axes_count_from_the_end()
    {
        Shape shape = [2, 3, 4];

        Assert.Equal(4, shape[-1]);
        Assert.Equal(2, shape[-3]);
        Assert.Equal([2, 9, 4], shape.With(-2, 9));
    }

    // C# would size a collection expression by an int property named Length, were it the number of elements: 1 or 6 here.
    [Fact]
    public void A_shape_can_be_spread_into_another()
    {
        Shape ones = [1, 1, 1], shape = [2, 3];

        Shape longer = [.. shape, 10], front = [7, .. ones], both = [.. ones, .. shape];
        int[] sizes = [.. shape, 10];

        Assert.Equal("[2, 3, 10]", longer.ToString());
        Assert.Equal("[7, 1, 1, 1]", front.ToString());
        Assert.Equal("[1, 1, 1, 2, 3]", both.ToString());
        Assert.Equal([2, 3, 10], sizes);
    }

    [Fact]
    public void An_index_from_the_end_counts_axes()
    {
        Shape shape = [2, 3, 4];

        Assert.Equal(4, shape[^1]);
        Assert.Equal(2, shape[^3]);
    }

    [Fact]
    public void Axes_outside_the_rank_throw()
    {
        Shape shape = [2, 3];

        Assert.ThrowsAny<Exception>(() => shape[2]);
        Assert.ThrowsAny<Exception>(() => shape[-3]);
        Assert.ThrowsAny<Exception>(() => shape.With(2, 1));
        Assert.ThrowsAny<Exception>(() => Shape.Scalar.WithoutFirst());
    }

    [Fact]
    public void Prepend_and_WithoutFirst_undo_each_other()
    {
        Shape shape = [28, 28];

        Assert.Equal([32, 28, 28], shape.Prepend(32));
        Assert.Equal(shape, shape.Prepend(32).WithoutFirst());
        Assert.Equal(Shape.Scalar, Shape.Of(7).WithoutFirst());
    }

    [Fact]
    public void A_shape_does_not_change_with_the_array_it_was_made_from()
    {
        int[] sizes = [2, 3];
        Shape shape = Shape.Of(sizes);

        sizes[0] = 9;

        Assert.Equal([2, 3], shape);
    }

    [Fact]
    public void Equality_is_by_sizes()
    {
        Shape a = [2, 3], b = [2, 3], c = [3, 2];

        Assert.True(a == b);
        Assert.True(a != c);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.False(a.Equals(null));
        Assert.False(a == null);
        Assert.NotEqual<Shape>([], [1]);
        Assert.NotEqual<Shape>([2], [2, 1]);
    }

    [Theory]
    [InlineData(new int[] { 2, 3 }, new int[] { 3 }, new int[] { 2, 3 })]
    [InlineData(new int[] { 2, 1 }, new int[] { 1, 3 }, new int[] { 2, 3 })]
    [InlineData(new int[] { }, new int[] { 4 }, new int[] { 4 })]
    [InlineData(new int[] { 0 }, new int[] { 1 }, new int[] { 0 })]
    [InlineData(new int[] { 5, 0 }, new int[] { }, new int[] { 5, 0 })]
    [InlineData(new int[] { 1, 1, 1 }, new int[] { 7 }, new int[] { 1, 1, 7 })]
    public void Sizes_of_one_are_repeated(int[] a, int[] b, int[] expected)
    {
        Assert.Equal(expected, Shape.Broadcast(Shape.Of(a), Shape.Of(b)).ToArray());
        Assert.Equal(expected, Shape.Broadcast(Shape.Of(b), Shape.Of(a)).ToArray());
    }

    [Theory]
    [InlineData(new int[] { 2, 3 }, new int[] { 2 })]
    [InlineData(new int[] { 3, 0 }, new int[] { 2 })]
    [InlineData(new int[] { 2, 3 }, new int[] { 3, 3 })]
    public void Sizes_that_differ_and_are_not_one_are_refused(int[] a, int[] b)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Shape.Broadcast(Shape.Of(a), Shape.Of(b)));

        Assert.Contains($"got {Shape.Of(a)} and {Shape.Of(b)}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broadcast_too_large_for_an_array_is_refused() => Assert.Throws<ArgumentException>(() => Shape.Broadcast([65536, 1], [1, 65536]));

    [Theory]
    [InlineData(new int[] { 3 }, new int[] { 2, 3 }, true)]
    [InlineData(new int[] { 1, 3 }, new int[] { 3 }, false)]
    [InlineData(new int[] { 3 }, new int[] { 1 }, false)]
    [InlineData(new int[] { }, new int[] { 0 }, true)]
    [InlineData(new int[] { 1 }, new int[] { 0 }, true)]
    [InlineData(new int[] { 0 }, new int[] { 1 }, false)]
    [InlineData(new int[] { 2, 1 }, new int[] { 2, 5 }, true)]
    public void BroadcastsTo_repeats_one_side_only(int[] from, int[] to, bool expected) =>
        Assert.Equal(expected, Shape.Of(from).BroadcastsTo(Shape.Of(to)));

    [Theory]
    [InlineData(12, new int[] { -1 }, new int[] { 12 })]
    [InlineData(12, new int[] { 3, -1 }, new int[] { 3, 4 })]
    [InlineData(12, new int[] { -1, 1, 12 }, new int[] { 1, 1, 12 })]
    [InlineData(1, new int[] { -1 }, new int[] { 1 })]
    [InlineData(1, new int[] { }, new int[] { })]
    [InlineData(0, new int[] { -1 }, new int[] { 0 })]
    [InlineData(0, new int[] { -1, 5 }, new int[] { 0, 5 })]
    [InlineData(0, new int[] { 3, 0 }, new int[] { 3, 0 })]
    public void Infer_finds_the_one_size_left_open(int length, int[] sizes, int[] expected) =>
        Assert.Equal(expected, Shape.Infer(sizes, length).ToArray());

    [Theory]
    [InlineData(12, 5)]
    [InlineData(12, 5, -1)]
    [InlineData(12, 0, -1)]
    [InlineData(12, -1, -1)]
    [InlineData(12, -2, 6)]
    [InlineData(12, -1, -2)]
    [InlineData(12, 13, -1)]
    [InlineData(0, 5)]
    [InlineData(12)]
    public void Infer_refuses_sizes_that_cannot_hold_the_elements_and_prints_them_as_given(int length, params int[] sizes)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Shape.Infer(sizes, length));

        Assert.StartsWith("Reshape: ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"got [{string.Join(", ", sizes)}]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_two_operands_of_a_broadcast_broadcast_to_its_result() => Prop.ForAll(Samples.BroadcastablePairs, pair =>
    {
        Shape result = Shape.Broadcast(pair.X, pair.Y);

        return pair.X.BroadcastsTo(result) && pair.Y.BroadcastsTo(result) && result == Shape.Broadcast(pair.Y, pair.X) && result.Rank == Math.Max(pair.X.Rank, pair.Y.Rank);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_size_left_open_is_found_again() => Prop.ForAll(Samples.Shapes, shape =>
    {
        if (shape.ElementCount == 0) return true;
        return Enumerable.Range(0, shape.Rank).All(axis =>
        {
            int[] sizes = [.. shape];
            sizes[axis] = -1;
            return Shape.Infer(sizes, shape.ElementCount) == shape;
        });
    }).QuickCheckThrowOnFailure();
}
