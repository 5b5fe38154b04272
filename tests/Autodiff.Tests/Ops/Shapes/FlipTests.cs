using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class FlipTests
{
    [Fact]
    public void The_gradient_is_reversed_too()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } })), y = Op.Flip(x, -1);
        Tensor weights = Tensor.From(new double[,] { { 10, 20, 30 }, { 40, 50, 60 } });

        Assert.Equal([3.0, 2, 1, 6, 5, 4], y.Value.ToDoubles());
        Assert.Equal([30.0, 20, 10, 60, 50, 40], tape.Gradient(y, x, weights).Value.ToDoubles());
        Assert.Equal([60.0, 50, 40, 30, 20, 10], tape.Gradient(Op.Flip(x), x, weights).Value.ToDoubles());
    }

    [Fact]
    public void Empty_axes_and_scalars()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Zeros([0, 2])), number = tape.Watch(Tensor.Scalar(3));

        Assert.Equal([0, 2], tape.Gradient(Op.Sum(Op.Flip(x, 0)), x).Shape);
        Assert.Equal(1, tape.Gradient(Op.Flip(number), number).Value.ToScalar());
    }
}
