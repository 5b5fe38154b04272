namespace Tapestry.Tensors.Tests;

public class AxesTests
{
    [Fact]
    public void An_int_names_one_axis()
    {
        Axes axes = -1;

        Assert.Equal([2], axes.Resolve(3));
        Assert.Equal("-1", axes.ToString());
        Assert.Equal("[0, -1]", Axes.Of(0, -1).ToString());
        Assert.Equal("[]", Axes.Of().ToString());
    }

    [Fact]
    public void Resolve_counts_from_the_front_in_ascending_order()
    {
        Axes axes = [-1, 0];

        Assert.Equal([0, 3], axes.Resolve(4));
        Assert.Equal([-1, 0], axes.ToArray());
    }

    [Fact]
    public void No_axes_are_allowed() => Assert.Empty(Axes.Of().Resolve(0));

    [Theory]
    [InlineData(2, 2)]
    [InlineData(2, -3)]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    [InlineData(3, int.MinValue)]
    [InlineData(3, int.MaxValue)]
    public void An_axis_outside_the_rank_is_refused(int rank, int axis) => Assert.Throws<ArgumentException>(() => Axes.FromInt32(axis).Resolve(rank));

    [Fact]
    public void An_axis_named_twice_is_refused_also_in_disguise()
    {
        Assert.Throws<ArgumentException>(() => Axes.Of(1, 1).Resolve(3));
        Assert.Throws<ArgumentException>(() => Axes.Of(1, -2).Resolve(3));
    }

    [Fact]
    public void Complement_names_what_is_left()
    {
        Assert.Equal([0, 2], Axes.FromInt32(1).Complement(3));
        Assert.Equal([0, 1], Axes.FromInt32(-1).Complement(3));
        Assert.Equal([0, 1], Axes.Of().Complement(2));
        Assert.Empty(Axes.Of(1, 0).Complement(2));
    }
}
