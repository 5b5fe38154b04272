using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class StackTests
{
    [Theory]
    [InlineData(0, new[] { 1.0, 2, 3, 4, 5, 6 }, 3, 2)]
    [InlineData(1, new[] { 1.0, 3, 5, 2, 4, 6 }, 2, 3)]
    [InlineData(-1, new[] { 1.0, 3, 5, 2, 4, 6 }, 2, 3)]
    [InlineData(-2, new[] { 1.0, 2, 3, 4, 5, 6 }, 3, 2)]
    public void The_new_axis_stands_where_it_is_told_to(int axis, double[] expected, int rows, int columns)
    {
        using Tape tape = new();
        Variable middle = tape.Watch(Tensor.From([3.0, 4]));

        Variable y = Op.Stack([Tensor.From([1.0, 2]), middle, Tensor.From([5.0, 6])], axis);

        Assert.Equal([rows, columns], y.Shape);
        Assert.Equal(expected, y.Value.ToDoubles());
        // Weighted by itself, each part gets its own elements back.
        Assert.Equal([3.0, 4], tape.Gradient(y, middle, y.Value).Value.ToDoubles());
    }

    [Fact]
    public void Numbers_become_a_vector() => Assert.Equal([7.0, 8], Op.Stack([Tensor.Scalar(7), Tensor.Scalar(8)], 0).Value.ToDoubles());

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Op.Stack([], 0));
        Assert.Throws<ArgumentException>(() => Op.Stack([Tensor.Zeros([2]), Tensor.Zeros([1])], 0));
        Assert.Throws<ArgumentException>(() => Op.Stack([Tensor.Zeros([2])], 2));
    }
}
