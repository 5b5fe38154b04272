using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class MeanTests
{
    // 1/49 is not a number in binary: 49 · (1/49) = 0.9999999999999999, but 49/49 = 1.
    [Fact]
    public void The_mean_of_equal_numbers_is_that_number()
    {
        for (int count = 1; count <= 100; count++)
        {
            Assert.Equal(1, Op.Mean(Tensor.Ones([count], DType.F64)).Value.ToScalar());
            Assert.Equal(3, Op.Mean(Tensor.Full([count], 3)).Value.ToScalar());
        }
    }

    [Fact]
    public void The_mean_over_axes()
    {
        Variable x = Tensor.From(new double[,] { { 1, 2, 3 }, { 4, 5, 9 } });

        Assert.Equal(4, Op.Mean(x).Value.ToScalar());
        Assert.Equal([2.5, 3.5, 6], Op.Mean(x, 0).Value.ToDoubles());
        Assert.Equal([2.0, 6], Op.Mean(x, -1, keepDimensions: true).Value.ToDoubles());
        Assert.Equal([2, 1], Op.Mean(x, -1, keepDimensions: true).Shape);
        Assert.Equal(x.Value.ToDoubles(), Op.Mean(x, []).Value.ToDoubles());
    }

    [Fact]
    public void The_mean_of_nothing_is_NaN() => Assert.Equal(double.NaN, Op.Mean(Tensor.Zeros([0])).Value.ToScalar());
}
