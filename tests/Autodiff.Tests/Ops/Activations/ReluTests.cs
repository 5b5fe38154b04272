using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class ReluTests
{
    [Fact]
    public void The_derivative_at_0_is_0()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([-1.0, 0, -0.0, 2])), y = Op.Relu(x);

        Assert.Equal([0.0, 0, 0, 2], y.Value.ToDoubles());
        Assert.Equal([0.0, 0, 0, 5], tape.Gradient(y, x, Tensor.Full([4], 5, DType.F64)).Value.ToDoubles());
    }

    [Fact]
    public void An_infinite_adjoint_is_stopped_where_the_result_is_0() =>
        Assert.Equal([0, 0, double.PositiveInfinity], Pointwise.At(Op.Relu, [-1, 0, 1], [double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity]).Products);

    [Fact]
    public void NaN_passes_through() => Assert.Equal(double.NaN, Op.Relu(Tensor.Scalar(double.NaN)).Value.ToScalar());
}
