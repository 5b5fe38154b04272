using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class SoftplusTests
{
    // ln(1 + e) = 1.313261688 and ln(1 + 1/e) = 0.313261688; the derivative is the sigmoid.
    [Theory]
    [InlineData(DType.F32, 2e-7)]
    [InlineData(DType.F64, 1e-9)]
    public void Values_and_derivatives(DType dtype, double tolerance)
    {
        (double[] y, double[] dy) = Pointwise.At(Op.Softplus, [1, -1, 0], dtype);

        Expect.Near([1.313261688, 0.313261688, Math.Log(2)], Tensor.From(y), tolerance);
        Expect.Near([0.731058579, 0.268941421, 0.5], Tensor.From(dy), tolerance);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Nothing_overflows(DType dtype)
    {
        (double[] y, double[] dy) = Pointwise.At(Op.Softplus, [1000, -1000, double.PositiveInfinity, double.NegativeInfinity, double.NaN], dtype);

        Assert.Equal([1000, 0, double.PositiveInfinity, 0, double.NaN], y);
        Assert.Equal([1, 0, 1, 0, double.NaN], dy);
    }
}
