using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class SoftsignTests
{
    // 3/4 with derivative 1/4² and -1/2 with 1/2²; 1 at 0.
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Values_and_derivatives(DType dtype)
    {
        (double[] y, double[] dy) = Pointwise.At(Op.Softsign, [3, -1, 0], dtype);

        Assert.Equal([0.75, -0.5, 0], y);
        Assert.Equal([0.0625, 0.25, 1], dy);
    }

    [Fact]
    public void Large_inputs_have_no_NaN_in_value_or_gradient()
    {
        (double[] y, double[] dy) = Pointwise.At(Op.Softsign, [1e300, -1e300, double.NaN]);

        Assert.Equal([1, -1, double.NaN], y);
        Assert.Equal([0.0, 0], dy[..2]);
    }
}
