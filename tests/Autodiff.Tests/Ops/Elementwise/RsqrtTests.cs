using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class RsqrtTests
{
    // 1/√4 = 1/2 with -1/(2·4^1.5) = -1/16; 1/√(1/4) = 2 with -1/(2/8) = -4.
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Values_and_derivatives(DType dtype)
    {
        (double[] y, double[] dy) = Pointwise.At(Op.Rsqrt, [4, 0.25], dtype);

        Assert.Equal([0.5, 2], y);
        Assert.Equal([-0.0625, -4], dy);
    }

    [Fact]
    public void Special_values()
    {
        (double[] y, double[] dy) = Pointwise.At(Op.Rsqrt, [0, double.PositiveInfinity, -1, double.NaN]);

        Assert.Equal([double.PositiveInfinity, 0, double.NaN, double.NaN], y);
        Assert.Equal([double.NegativeInfinity, 0, double.NaN, double.NaN], dy);
    }
}
