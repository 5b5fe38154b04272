using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class PReluTests
{
    // One slope for each of two features: row [-2, 3] gives [-2·0.1, 3], row [4, -5] gives [4, -5·0.2].
    // The slopes gather x where it is not positive: -2 and -5.
    [Fact]
    public void Each_feature_has_its_slope_and_the_slope_its_gradient()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From(new double[,] { { -2, 3 }, { 4, -5 } })), slope = tape.Watch(Tensor.From([0.1, 0.2])), y = Op.PRelu(x, slope);

        Variable[] gradients = tape.Gradient(Op.Sum(y), [x, slope]);

        Assert.Equal([-0.2, 3, 4, -1], y.Value.ToDoubles());
        Assert.Equal([0.1, 1, 1, 0.2], gradients[0].Value.ToDoubles());
        Assert.Equal([-2.0, -5], gradients[1].Value.ToDoubles());
    }

    [Fact]
    public void At_0_the_derivative_is_the_slope() =>
        Assert.Equal([0.25, 0.25], Pointwise.At(x => Op.PRelu(x, Tensor.Scalar(0.25, DType.F64)), [0, -0.0]).Derivatives);

    [Fact]
    public void Special_values()
    {
        (double[] y, double[] dy) = Pointwise.At(x => Op.PRelu(x, Tensor.Scalar(0.5, DType.F64)), [double.NaN, double.PositiveInfinity, double.NegativeInfinity]);

        Assert.Equal([double.NaN, double.PositiveInfinity, double.NegativeInfinity], y);
        Assert.Equal([0.5, 1, 0.5], dy);
    }

    // The slope's side is not chosen where x > 0, whatever it is.
    [Fact]
    public void Nothing_of_an_infinite_slope_gets_in_above_0()
    {
        (double[] y, double[] dy) = Pointwise.At(x => Op.PRelu(x, Tensor.Scalar(double.PositiveInfinity, DType.F64)), [2]);

        Assert.Equal((2, 1), (y[0], dy[0]));
    }
}
