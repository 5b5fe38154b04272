using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class MishTests
{
    // tanh(ln(1 + e)) = 0.865098388 at 1, -tanh(ln(1 + 1/e)) = -0.303401461 at -1. At 0 the derivative is tanh(ln 2) = 3/5.
    [Theory]
    [InlineData(DType.F32, 3e-7)]
    [InlineData(DType.F64, 1e-9)]
    public void Values_and_derivatives(DType dtype, double tolerance)
    {
        (double[] y, double[] dy) = Pointwise.At(Op.Mish, [1, -1, 0], dtype);

        Expect.Near([0.865098388, -0.303401461, 0], Tensor.From(y), tolerance);
        Expect.Near([1.049036220, 0.059216756, 0.6], Tensor.From(dy), tolerance);
    }

    [Fact]
    public void Large_inputs_have_no_NaN_in_value_or_gradient()
    {
        (double[] y, double[] dy) = Pointwise.At(Op.Mish, [1000, -1000, double.PositiveInfinity], DType.F32);

        Assert.Equal([1000, 0, double.PositiveInfinity], y);
        Assert.Equal([1.0, 0], dy[..2]);
    }
}
