using FsCheck;
using FsCheck.Fluent;

namespace Tapestry.Tensors.Tests;

public class AxisRangeTests
{
    // As list(range(5))[...] in Python.
    [Theory]
    [InlineData(null, null, 1, new[] { 0, 1, 2, 3, 4 })]
    [InlineData(1, 4, 1, new[] { 1, 2, 3 })]
    [InlineData(-2, null, 1, new[] { 3, 4 })]
    [InlineData(null, -2, 1, new[] { 0, 1, 2 })]
    [InlineData(null, null, 2, new[] { 0, 2, 4 })]
    [InlineData(1, null, 3, new[] { 1, 4 })]
    [InlineData(null, null, -1, new[] { 4, 3, 2, 1, 0 })]
    [InlineData(null, null, -2, new[] { 4, 2, 0 })]
    [InlineData(3, 0, -1, new[] { 3, 2, 1 })]
    [InlineData(3, null, -2, new[] { 3, 1 })]
    [InlineData(-1, -4, -1, new[] { 4, 3, 2 })]
    [InlineData(1, 100, 1, new[] { 1, 2, 3, 4 })]
    [InlineData(-100, 2, 1, new[] { 0, 1 })]
    [InlineData(-7, 5, 2, new[] { 0, 2, 4 })]
    [InlineData(100, null, -3, new[] { 4, 1 })]
    [InlineData(2, -100, -1, new[] { 2, 1, 0 })]
    [InlineData(3, 3, 1, new int[0])]
    [InlineData(4, 1, 1, new int[0])]
    [InlineData(1, 4, -1, new int[0])]
    [InlineData(100, 200, 1, new int[0])]
    [InlineData(-100, null, -1, new int[0])]
    [InlineData(0, int.MaxValue, int.MaxValue, new[] { 0 })]
    [InlineData(4, int.MinValue, int.MinValue, new[] { 4 })]
    public void Positions_are_NumPys(int? start, int? stop, int step, int[] expected) => Assert.Equal(expected, Positions(new AxisRange(start, stop, step), 5));

    [Fact]
    public void A_range_of_an_array_means_the_same()
    {
        int[] array = [0, 1, 2, 3, 4];

        Assert.Equal(array[1..3], Positions(1..3, 5));
        Assert.Equal(array[..], Positions(.., 5));
        Assert.Equal(array[^2..], Positions(^2.., 5));
        Assert.Equal(array[..^1], Positions(..^1, 5));
        Assert.Equal(array[^0..], Positions(^0.., 5));
        Assert.Equal(array[0..^0], Positions(0..^0, 5));
        Assert.Equal([3, 4], Positions(3..9, 5));
    }

    [Fact]
    public void Any_range_goes_step_by_step_from_its_start_to_before_its_stop() => Prop.ForAll(
        Samples.Ranges.ToArbitrary(), Gen.Choose(0, 6).ToArbitrary(), (range, size) => Naive.Positions(range, size).SequenceEqual(Positions(range, size))).QuickCheckThrowOnFailure();

    [Fact]
    public void Ranges_print_as_in_NumPy()
    {
        Assert.Equal(":", AxisRange.All.ToString());
        Assert.Equal("::-1", AxisRange.Reversed.ToString());
        Assert.Equal("1:-2:3", new AxisRange(1, -2, 3).ToString());
        Assert.Equal("-1:", ((AxisRange)(^1..)).ToString());
    }

    [Fact]
    public void A_step_of_0_is_refused() => Assert.Throws<ArgumentException>(() => new AxisRange(step: 0));

    private static int[] Positions(AxisRange range, int size)
    {
        (int start, int count) = range.Resolve(size);
        return [.. Enumerable.Range(0, count).Select(i => start + (i * range.Step))];
    }
}
