using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class ErfTests
{
    // erf 1 = 0.842700793 with 2/√π·e⁻¹ = 0.415107497; at 0 the derivative is 2/√π = 1.128379167.
    [Theory]
    [InlineData(DType.F32, 1e-7)]
    [InlineData(DType.F64, 1e-9)]
    public void Values_and_derivatives(DType dtype, double tolerance)
    {
        (double[] y, double[] dy) = Pointwise.At(Op.Erf, [1, -1, 0], dtype);

        Expect.Near([0.842700793, -0.842700793, 0], Tensor.From(y), tolerance);
        Expect.Near([0.415107497, 0.415107497, 1.128379167], Tensor.From(dy), tolerance);
    }

    [Fact]
    public void Far_out_it_is_flat_and_NaN_passes_through()
    {
        (double[] y, double[] dy) = Pointwise.At(Op.Erf, [1e200, -1e200, double.PositiveInfinity, double.NegativeInfinity, double.NaN]);

        Assert.Equal([1, -1, 1, -1, double.NaN], y);
        Assert.Equal([0, 0, 0, 0, double.NaN], dy);
    }
}
