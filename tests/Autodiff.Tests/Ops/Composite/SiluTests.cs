using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class SiluTests
{
    // sigmoid(1) = s = 0.731058579: y = s and dy/dx = s + s(1 - s) = 0.927670512 at 1; y = s - 1 and dy/dx = (1 - s) - s(1 - s) = 0.072329488 at -1.
    [Theory]
    [InlineData(DType.F32, 2e-7)]
    [InlineData(DType.F64, 1e-9)]
    public void Values_and_derivatives(DType dtype, double tolerance)
    {
        (double[] y, double[] dy) = Pointwise.At(Op.Silu, [1, -1, 0], dtype);

        Expect.Near([0.731058579, -0.268941421, 0], Tensor.From(y), tolerance);
        Expect.Near([0.927670512, 0.072329488, 0.5], Tensor.From(dy), tolerance);
    }

    [Fact]
    public void Large_inputs_have_no_NaN_in_value_or_gradient()
    {
        (double[] y, double[] dy) = Pointwise.At(Op.Silu, [1e30, -1e30, double.PositiveInfinity], DType.F32);

        Assert.Equal([1, 0], [y[0] / 1e30, y[1]], (a, b) => Math.Abs(a - b) < 1e-7);
        Assert.Equal(double.PositiveInfinity, y[2]);
        Assert.Equal([1.0, 0], dy[..2]);
    }
}
