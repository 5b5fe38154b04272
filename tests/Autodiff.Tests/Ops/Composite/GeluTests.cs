using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class GeluTests
{
    // Φ(1) = 0.841344746 and φ(1) = 0.241970725: y = Φ(1), dy/dx = Φ(1) + φ(1) = 1.083315471. At -1: -Φ(-1) = -0.158655254, Φ(-1) - φ(1) = -0.083315471.
    [Theory]
    [InlineData(DType.F32, 2e-7)]
    [InlineData(DType.F64, 1e-9)]
    public void Values_and_derivatives(DType dtype, double tolerance)
    {
        (double[] y, double[] dy) = Pointwise.At(x => Op.Gelu(x), [1, -1, 0], dtype);

        Expect.Near([0.841344746, -0.158655254, 0], Tensor.From(y), tolerance);
        Expect.Near([1.083315471, -0.083315471, 0.5], Tensor.From(dy), tolerance);
    }

    // tanh(√(2/π)·1.044715) = 0.682383981: y = (1 + 0.682383981)/2 at 1, and y - 1 at -1.
    [Theory]
    [InlineData(DType.F32, 2e-7)]
    [InlineData(DType.F64, 1e-9)]
    public void The_approximation_is_by_tanh(DType dtype, double tolerance)
    {
        (double[] y, double[] dy) = Pointwise.At(x => Op.Gelu(x, approximate: true), [1, -1, 0], dtype);

        Expect.Near([0.841191991, -0.158808009, 0], Tensor.From(y), tolerance);
        Expect.Near([1.082964084, -0.082964084, 0.5], Tensor.From(dy), tolerance);
    }

    [Fact]
    public void The_approximation_differs_by_less_than_it_says()
    {
        Variable x = Tensor.From([.. Enumerable.Range(-600, 1201).Select(i => i / 100.0)]);

        double worst = (Op.Gelu(x) - Op.Gelu(x, approximate: true)).Value.ToDoubles().Max(Math.Abs);

        Assert.InRange(worst, 0.0004, 0.0005);
    }

    // At -∞ there is -∞·0, as in PyTorch.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Large_inputs_have_no_NaN_in_value_or_gradient(bool approximate)
    {
        (double[] y, double[] dy) = Pointwise.At(x => Op.Gelu(x, approximate), [1000, -1000, double.PositiveInfinity], DType.F32);

        Assert.Equal([1000, 0, double.PositiveInfinity], y);
        Assert.Equal([1.0, 0], dy[..2]);
    }
}
