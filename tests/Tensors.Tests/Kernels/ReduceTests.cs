using FsCheck;
using FsCheck.Fluent;

namespace Tapestry.Tensors.Tests;

public class ReduceTests
{
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Sum_over_every_subset_of_axes_agrees_with_going_index_by_index(DType dtype)
    {
        // Whole numbers, so that sums are exact in any order: 0 to 359 add up to less than 2^24.
        Tensor x = Samples.Counting([3, 4, 5, 6], dtype);
        for (int subset = 0; subset < 16; subset++)
        {
            int[] axes = [.. Enumerable.Range(0, 4).Where(axis => (subset >> axis & 1) == 1)];

            Tensor sum = Reduce.Sum(x, Axes.Of(axes)), kept = Reduce.Sum(x, Axes.Of(axes), keepDimensions: true);

            Assert.Equal(Naive.Reduce(x, axes, 0, (a, b) => a + b), sum.ToDoubles());
            Assert.Equal(x.Shape.Where((_, axis) => !axes.Contains(axis)), sum.Shape);
            Assert.Equal(sum.ToDoubles(), kept.ToDoubles());
            Assert.Equal(x.Shape.Select((size, axis) => axes.Contains(axis) ? 1 : size), kept.Shape);
            Assert.Equal(Naive.Reduce(x, axes, double.NegativeInfinity, Math.Max), Reduce.Max(x, Axes.Of(axes)).ToDoubles());
            Assert.Equal(Naive.Reduce(x, axes, double.PositiveInfinity, Math.Min), Reduce.Min(x, Axes.Of(axes)).ToDoubles());
        }
    }

    // Powers of 2 from -1 to 1, and signs: products are exact in any order. 360 numbers multiply to no more than 2^±360, which only F64 holds, so F32 gets fewer.
    [Theory]
    [InlineData(DType.F32, 4)]
    [InlineData(DType.F64, 6)]
    public void Prod_over_every_subset_of_axes_agrees_with_going_index_by_index(DType dtype, int last)
    {
        Tensor x = Tensor.Zeros([3, 4, 5, last], DType.F64);
        for (int i = 0; i < x.Length; i++) x.AsSpan<double>()[i] = Math.ScaleB(i % 7 == 0 ? -1 : 1, (i * 5 % 3) - 1);
        x = x.Cast(dtype);
        for (int subset = 0; subset < 16; subset++)
        {
            int[] axes = [.. Enumerable.Range(0, 4).Where(axis => (subset >> axis & 1) == 1)];

            Assert.Equal(Naive.Reduce(x, axes, 1, (a, b) => a * b), Reduce.Prod(x, Axes.Of(axes)).ToDoubles());
        }

        Assert.Equal([1.0, 1, 1], Reduce.Prod(Tensor.Zeros([0, 3], dtype), 0).ToDoubles());
    }

    [Fact]
    public void Sum_and_Max_of_any_shape_over_any_axes_agree_with_going_index_by_index() => Prop.ForAll(Samples.Shapes, Gen.Choose(0, 15).ToArbitrary(), (shape, subset) =>
    {
        Tensor x = Samples.Counting(shape);
        int[] axes = [.. Enumerable.Range(0, shape.Rank).Where(axis => (subset >> axis & 1) == 1)];

        Assert.Equal(Naive.Reduce(x, axes, 0, (a, b) => a + b), Reduce.Sum(x, Axes.Of(axes)).ToDoubles());
        if (x.Length > 0) Assert.Equal(Naive.Reduce(x, axes, double.NegativeInfinity, Math.Max), Reduce.Max(x, Axes.Of(axes)).ToDoubles());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_axes_reduce_nothing_and_null_reduces_all()
    {
        Tensor x = Samples.Counting([2, 3]);

        Tensor none = Reduce.Sum(x, []), all = Reduce.Sum(x);

        Assert.Equal(x.ToDoubles(), none.ToDoubles());
        Assert.NotSame(x.Buffer, none.Buffer);
        Assert.Equal(15, all.ToScalar());
        Assert.Equal(0, all.Rank);
        Assert.Equal([1, 1], Reduce.Sum(x, keepDimensions: true).Shape);
    }

    [Fact]
    public void A_scalar_reduces_to_itself()
    {
        Assert.Equal(4, Reduce.Sum(Tensor.Scalar(4)).ToScalar());
        Assert.Equal(4, Reduce.Max(Tensor.Scalar(4), []).ToScalar());
        Assert.Throws<ArgumentException>(() => Reduce.Sum(Tensor.Scalar(4), 0));
    }

    [Fact]
    public void Negative_and_unsorted_axes_mean_the_same()
    {
        Tensor x = Samples.Counting([2, 3, 4]);

        Assert.Equal(Reduce.Sum(x, [0, 2]).ToDoubles(), Reduce.Sum(x, [-1, 0]).ToDoubles());
        Assert.Throws<ArgumentException>(() => Reduce.Sum(x, [1, -2]));
        Assert.Throws<ArgumentException>(() => Reduce.Sum(x, 3));
    }

    [Fact]
    public void The_operand_is_left_alone_and_may_be_a_view()
    {
        // Rows 1 and 2 of [[0, 1], [2, 3], [4, 5]].
        Tensor view = Samples.Counting([3, 2]).Rows(1, 2);

        Assert.Equal([6.0, 8], Reduce.Sum(view, 0).ToDoubles());
        Assert.Equal([5.0, 9], Reduce.Sum(view, 1).ToDoubles());
        Assert.Equal(5, Reduce.Max(view).ToScalar());
        Assert.Equal([2.0, 3, 4, 5], view.ToDoubles());
    }

    [Fact]
    public void A_sum_over_nothing_is_0_and_a_maximum_over_nothing_an_error()
    {
        Assert.Equal([0.0, 0, 0], Reduce.Sum(Tensor.Zeros([0, 3]), 0).ToDoubles());
        Assert.Equal(0, Reduce.Sum(Tensor.Zeros([2, 0])).ToScalar());
        Assert.Empty(Reduce.Sum(Tensor.Zeros([0, 3]), 1).ToDoubles());
        Assert.Equal([0.0, 0], Reduce.Sum(Tensor.Zeros([2, 0, 5]), [1, 2]).ToDoubles());
        Assert.Throws<ArgumentException>(() => Reduce.Max(Tensor.Zeros([0, 3]), 0));
        Assert.Throws<ArgumentException>(() => Reduce.Max(Tensor.Zeros([0])));
        Assert.Throws<ArgumentException>(() => Reduce.Min(Tensor.Zeros([0, 3]), 0));
        // No results, so none of them lacks elements.
        Assert.Empty(Reduce.Max(Tensor.Zeros([0, 3]), 1).ToDoubles());
    }

    // In a running sum of floats, 0.1 · 10^6 ends at 100958.34. The exact sum of a million floats nearest to 0.1 is 10^6 · 0.100000001490116 = 100000.00149.
    [Fact]
    public void A_long_sum_of_F32_keeps_its_accuracy_along_either_axis()
    {
        const int Count = 1_000_000;
        double exact = Count * (double)0.1f;
        Tensor x = Tensor.Full([Count], 0.1);

        Assert.Equal(exact, Reduce.Sum(x).ToScalar(), exact * 1e-6);
        foreach (double column in Reduce.Sum(Tensor.Full([Count, 2], 0.1), 0).ToDoubles()) Assert.Equal(exact, column, exact * 1e-6);
        Assert.Equal(exact, Reduce.Sum(x.Reshape(1000, 1000, 1), [0, 2]).ToDoubles().Sum(), exact * 1e-6);
    }

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(511)]
    [InlineData(513)]
    [InlineData(1000)]
    public void Lengths_around_the_stretches_lose_nothing(int length)
    {
        Tensor x = Samples.Counting([length]);
        double expected = length * (length - 1) / 2.0;

        Assert.Equal(expected, Reduce.Sum(x).ToScalar());
        Assert.Equal([expected], Reduce.Sum(x.Reshape(length, 1), 0).ToDoubles());
        Assert.Equal([expected, expected, expected], Reduce.Sum(x.Reshape(1, length) + Tensor.Zeros([3, 1], DType.F64), 1).ToDoubles());
        // Repeated three times along the inner axis, so that whole rows are added.
        Assert.Equal([expected, expected, expected], Reduce.Sum(x.Reshape(length, 1) + Tensor.Zeros([1, 3], DType.F64), 0).ToDoubles());
    }

    [Theory]
    [MemberData(nameof(Samples.Floats), MemberType = typeof(Samples))]
    public void Max_and_Min_are_NaN_where_there_is_one(DType dtype)
    {
        for (int length = 1; length <= 33; length++)
        {
            for (int at = 0; at < length; at++)
            {
                Tensor x = Samples.Counting([length]).Clone();
                x.AsSpan<double>()[at] = double.NaN;
                x = x.Cast(dtype);

                Assert.Equal(double.NaN, Reduce.Max(x).ToScalar());
                Assert.Equal(double.NaN, Reduce.Max(x.Reshape(length, 1) + Tensor.Zeros([1, 2], dtype), 0)[1]);
                Assert.Equal(double.NaN, Reduce.Min(x).ToScalar());
                Assert.Equal(double.NaN, Reduce.Min(x.Reshape(length, 1) + Tensor.Zeros([1, 2], dtype), 0)[1]);
            }
        }
    }

    [Fact]
    public void Max_of_negative_numbers_and_infinities()
    {
        Assert.Equal(-1, Reduce.Max(Tensor.From([-3f, -1, -2])).ToScalar());
        Assert.Equal(double.NegativeInfinity, Reduce.Max(Tensor.From([float.NegativeInfinity])).ToScalar());
        Assert.Equal([-1.0, double.PositiveInfinity], Reduce.Max(Tensor.From(new[,] { { -1, double.PositiveInfinity }, { -5, 3 } }), 0).ToDoubles());
    }

    [Fact]
    public void ArgMax_takes_the_first_of_equals()
    {
        Tensor x = Tensor.From(new[,] { { 1f, 3, 3 }, { 2, 2, 2 }, { -1, -5, -1 } });

        Assert.Equal([1, 0, 0], Reduce.ArgMax(x).ToArray<int>());
        Assert.Equal([1, 0, 0], Reduce.ArgMax(x, 0).ToArray<int>());
        Assert.Equal(Shape.Scalar, Reduce.ArgMax(Tensor.From([4f, 5])).Shape);
    }

    [Fact]
    public void ArgMax_along_a_middle_axis()
    {
        // [[[0, 5], [4, 1]], [[2, 2], [3, 0]]], axis 1: columns (0, 4), (5, 1), (2, 3), (2, 0).
        Tensor x = Tensor.From([0.0, 5, 4, 1, 2, 2, 3, 0], [2, 2, 2]);

        Tensor result = Reduce.ArgMax(x, -2);

        Assert.Equal([2, 2], result.Shape);
        Assert.Equal([1, 0, 1, 0], result.ToArray<int>());
    }

    [Theory]
    [InlineData(new[] { double.NaN, 1, 2 }, 0)]
    [InlineData(new[] { 1, double.NaN, 2 }, 1)]
    [InlineData(new[] { 1, 2, double.NaN }, 2)]
    [InlineData(new[] { 1, double.NaN, double.NaN }, 1)]
    [InlineData(new[] { double.NegativeInfinity, double.NegativeInfinity }, 0)]
    public void ArgMax_points_at_the_first_NaN_as_Max_is_NaN(double[] x, int expected) =>
        Assert.Equal(expected, Reduce.ArgMax(Tensor.From(x)).ToScalar());

    [Fact]
    public void ArgMax_refuses_an_empty_axis_and_integers()
    {
        Assert.Throws<ArgumentException>(() => Reduce.ArgMax(Tensor.Zeros([2, 0])));
        Assert.Empty(Reduce.ArgMax(Tensor.Zeros([0, 2])).ToArray<int>());
        Assert.Throws<ArgumentException>(() => Reduce.ArgMax(Tensor.Zeros([2], DType.I32)));
        Assert.Throws<ArgumentException>(() => Reduce.ArgMax(Tensor.Scalar(1)));
    }

    [Fact]
    public void Errors_name_the_reduction()
    {
        Assert.StartsWith("Sum: ", Assert.Throws<ArgumentException>(() => Reduce.Sum(Tensor.Zeros([2], DType.I32))).Message, StringComparison.Ordinal);
        Assert.StartsWith("Max: ", Assert.Throws<ArgumentException>(() => Reduce.Max(Tensor.Zeros([2], DType.U8))).Message, StringComparison.Ordinal);
    }
}
