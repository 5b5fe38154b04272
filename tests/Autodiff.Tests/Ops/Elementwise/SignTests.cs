using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class SignTests
{
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Zeros_and_NaN_stay_what_they_are(DType dtype)
    {
        double[] y = Op.Sign(Tensor.From([3, -2, 0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -1e-30]).Cast(dtype)).Value.ToDoubles();

        // F64's smallest number is 0 in F32.
        Assert.Equal([1, -1, 0, 0, double.NaN, 1, -1, dtype == DType.F64 ? 1 : 0, -1], y);
        Assert.Equal([false, true], y[2..4].Select(double.IsNegative));
    }

    [Fact]
    public void Its_derivative_is_0() => Assert.Equal([0.0, 0, 0], Pointwise.At(Op.Sign, [1, 0, -1]).Derivatives);

    [Fact]
    public void Abs_has_it_for_a_derivative() => Assert.Equal([1.0, 0, 0, -1], Pointwise.At(Op.Abs, [2, 0, -0.0, -2]).Derivatives);
}
