using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class ClipTests
{
    [Fact]
    public void The_derivative_is_1_between_the_bounds_and_on_them()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([-2.0, -1, 0, 1, 2])), y = Op.Clip(x, -1, 1);

        Assert.Equal([-1.0, -1, 0, 1, 1], y.Value.ToDoubles());
        Assert.Equal([0.0, 1, 1, 1, 0], tape.Gradient(y, x, Tensor.Ones([5], DType.F64)).Value.ToDoubles());
    }

    [Fact]
    public void An_infinite_adjoint_is_stopped_outside_the_bounds() =>
        Assert.Equal([0, double.PositiveInfinity], Pointwise.At(x => Op.Clip(x, -1, 1), [2, 0], [double.NegativeInfinity, double.PositiveInfinity]).Products);

    [Fact]
    public void Bounds_may_be_equal_or_infinite_but_not_reversed()
    {
        Assert.Equal([3.0, 3], Op.Clip(Tensor.From([1.0, 5]), 3, 3).Value.ToDoubles());
        Assert.Equal([1.0, 5], Op.Clip(Tensor.From([0.0, 5]), 1, double.PositiveInfinity).Value.ToDoubles());
        Assert.Throws<ArgumentException>(() => Op.Clip(Tensor.Scalar(1), 2, 1));
        Assert.Throws<ArgumentException>(() => Op.Clip(Tensor.Scalar(1), double.NaN, 1));
    }
}
