using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class ThresholdedReluTests
{
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void What_is_not_above_the_threshold_is_0(DType dtype)
    {
        (double[] y, double[] dy) = Pointwise.At(x => Op.ThresholdedRelu(x), [-3, 0.5, 1, 1.5], dtype);

        Assert.Equal([0, 0, 0, 1.5], y);
        Assert.Equal([0.0, 0, 0, 1], dy);
    }

    // batchnorm.md B2: a threshold of 0.5.
    [Fact]
    public void The_threshold_can_be_chosen()
    {
        (double[] y, double[] dy) = Pointwise.At(x => Op.ThresholdedRelu(x, 0.5), [0.25, 0.5, 0.75]);

        Assert.Equal([0, 0, 0.75], y);
        Assert.Equal([0.0, 0, 1], dy);
        Assert.Equal([0, 0, 0.1], Op.ThresholdedRelu(Tensor.From([-1, 0, 0.1]), 0).Value.ToDoubles());
    }

    [Fact]
    public void Special_values() => Assert.Equal(
        [double.NaN, double.PositiveInfinity, 0],
        Op.ThresholdedRelu(Tensor.From([double.NaN, double.PositiveInfinity, double.NegativeInfinity])).Value.ToDoubles());

    [Fact]
    public void An_infinite_adjoint_is_stopped_below() =>
        Assert.Equal([0.0], Pointwise.At(x => Op.ThresholdedRelu(x), [0], [double.PositiveInfinity]).Products);

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void A_threshold_is_0_or_more(double theta) => Assert.Throws<ArgumentException>(() => Op.ThresholdedRelu(Tensor.Scalar(1), theta));
}
