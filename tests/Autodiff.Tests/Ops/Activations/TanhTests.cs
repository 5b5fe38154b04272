using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class TanhTests
{
    // tanh 1 = 0.761594156 and 1 - 0.761594156² = 0.419974342.
    [Theory]
    [InlineData(DType.F32, 1.5e-7)]
    [InlineData(DType.F64, 1e-9)]
    public void Values_and_derivatives(DType dtype, double tolerance)
    {
        (double[] y, double[] dy) = Pointwise.At(Op.Tanh, [1, -1], dtype);

        Expect.Near([0.761594156, -0.761594156], Tensor.From(y), tolerance);
        Expect.Near([0.419974342, 0.419974342], Tensor.From(dy), tolerance * 2);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void It_goes_through_0_and_levels_off_at_1(DType dtype)
    {
        (double[] y, double[] dy) = Pointwise.At(Op.Tanh, [0, 1000, -1000, double.PositiveInfinity, double.NaN], dtype);

        Assert.Equal([0, 1, -1, 1, double.NaN], y);
        Assert.Equal([1, 0, 0, 0, double.NaN], dy);
    }
}
