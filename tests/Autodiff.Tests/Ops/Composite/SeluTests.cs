using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class SeluTests
{
    // λ = 1.050700987, λα = 1.758099341: λα(e⁻¹ - 1) = -1.111330738 with derivative λαe⁻¹ = 0.646768603; 2λ = 2.101401975.
    [Theory]
    [InlineData(DType.F32, 2e-7)]
    [InlineData(DType.F64, 1e-9)]
    public void Values_and_derivatives(DType dtype, double tolerance)
    {
        (double[] y, double[] dy) = Pointwise.At(Op.Selu, [-1, 2, 0], dtype);

        Expect.Near([-1.111330738, 2.101401975, 0], Tensor.From(y), tolerance);
        Expect.Near([0.646768603, 1.050700987, 1.758099341], Tensor.From(dy), tolerance);
    }

    // What the two numbers are for: a standard Gaussian keeps mean 0 and variance 1. A sum over 16001 points from -8 to 8 is as good as the integral.
    [Fact]
    public void Mean_0_and_variance_1_are_kept()
    {
        double[] x = [.. Enumerable.Range(-8000, 16001).Select(i => i / 1000.0)];
        double[] y = Op.Selu(Tensor.From(x)).Value.ToDoubles();
        double[] weight = [.. x.Select(value => Math.Exp(-value * value / 2) / Math.Sqrt(2 * Math.PI) / 1000)];

        Assert.Equal(0, y.Zip(weight, (value, share) => value * share).Sum(), 1e-6);
        Assert.Equal(1, y.Zip(weight, (value, share) => value * value * share).Sum(), 1e-6);
    }

    [Fact]
    public void Infinities_and_NaN()
    {
        double[] y = Op.Selu(Tensor.From([double.PositiveInfinity, double.NegativeInfinity, double.NaN])).Value.ToDoubles();

        Assert.Equal([double.PositiveInfinity, double.NaN], [y[0], y[2]]);
        Assert.Equal(-1.758099341, y[1], 1e-9);
    }
}
