using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class BroadcastToTests
{
    // [1, 2] repeated to three rows: each element gathers three weights, of 1 to 6 those at odd and even places: 9 and 12.
    [Fact]
    public void The_gradient_adds_up_the_repetitions()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2]));

        Variable y = Op.BroadcastTo(x, [3, 2]);

        Assert.Equal([1.0, 2, 1, 2, 1, 2], y.Value.ToDoubles());
        Assert.Equal([9.0, 12], tape.Gradient(y, x, Tensor.From([1.0, 2, 3, 4, 5, 6], [3, 2])).Value.ToDoubles());
    }

    [Fact]
    public void Repeating_no_times_or_an_added_axis_of_1()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2]));

        Assert.Equal([0.0, 0], tape.Gradient(Op.Sum(Op.BroadcastTo(x, [0, 2])), x).Value.ToDoubles());
        Assert.Equal([1.0, 1], tape.Gradient(Op.Sum(Op.BroadcastTo(x, [1, 1, 2])), x).Value.ToDoubles());
        Assert.Same(x, Op.BroadcastTo(x, [2]));
        Assert.Throws<ArgumentException>(() => Op.BroadcastTo(x, [2, 1]));
    }

    [Fact]
    public void SumTo_is_the_way_back()
    {
        Variable y = Tensor.From([1.0, 2, 3, 4, 5, 6], [3, 1, 2]);

        Assert.Equal([9.0, 12], Op.SumTo(y, [2]).Value.ToDoubles());
        Assert.Equal([3.0, 7, 11], Op.SumTo(y, [3, 1, 1]).Value.ToDoubles());
        Assert.Equal([21.0], Op.SumTo(y, [1]).Value.ToDoubles());
        Assert.Equal(21, Op.SumTo(y, []).Value.ToScalar());
        Assert.Equal([1, 2], Op.SumTo(y, [1, 2]).Shape);
        Assert.Equal([0.0, 0], Op.SumTo(Tensor.Zeros([0, 2], DType.F64), [2]).Value.ToDoubles());
        Assert.Throws<ArgumentException>(() => Op.SumTo(y, [3]));
    }
}
