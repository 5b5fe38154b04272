using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class LeakyReluTests
{
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void The_slope_below_0_is_that_of_Keras_unless_told_otherwise(DType dtype)
    {
        (double[] y, double[] dy) = Pointwise.At(x => Op.LeakyRelu(x), [-2, 0, 3, double.NaN], dtype);
        (double[] other, double[] dOther) = Pointwise.At(x => Op.LeakyRelu(x, 0.25), [-2, 0, 3], dtype);

        Expect.Near([-0.6, 0, 3], Tensor.From(y[..3]), 1e-7);
        Expect.Near([0.3, 0.3, 1], Tensor.From(dy[..3]), 1e-7);
        Assert.Equal(double.NaN, y[3]);
        Assert.Equal([-0.5, 0, 3], other);
        Assert.Equal([0.25, 0.25, 1], dOther);
    }
}
