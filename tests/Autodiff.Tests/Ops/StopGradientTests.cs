using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class StopGradientTests
{
    // y = stop(x)·x: as if the first factor were the constant 3.
    [Fact]
    public void Nothing_passes_through_in_either_direction()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(3, DType.F64)), y = Op.StopGradient(x) * x;

        Assert.Equal(9, y.Value.ToScalar());
        Assert.Equal(3, tape.Gradient(y, x).Value.ToScalar());
        Assert.Equal(3, tape.Jvp(y, [x], [Tensor.Scalar(1, DType.F64)]).Value.ToScalar());
        Assert.Equal(0, tape.Gradient(Op.StopGradient(x), x).Value.ToScalar());
    }

    [Fact]
    public void It_is_a_view()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1f, 2]));

        Assert.Same(x.Value.Buffer, Op.StopGradient(x).Value.Buffer);
    }
}
