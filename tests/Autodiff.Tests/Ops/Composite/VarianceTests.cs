using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class VarianceTests
{
    // batchnorm.md G14. c + {1, 2, 3, 4} has variance 1.25. By E[x²] - E[x]² in F32 it comes out as 2, -8 and 1024.
    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    [InlineData(1e4)]
    [InlineData(1e5)]
    public void An_offset_far_above_the_spread_cancels_nothing(double c)
    {
        Tensor x = Tensor.From([(float)c + 1, (float)c + 2, (float)c + 3, (float)c + 4]);

        Assert.Equal(1.25, Op.Variance(x).Value.ToScalar());
        Assert.Equal([1.25], Op.Variance(x.Reshape(4, 1), 0).Value.ToDoubles());
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Equal_numbers_have_no_variance(DType dtype)
    {
        for (int count = 1; count <= 100; count++) Assert.Equal(0, Op.Variance(Tensor.Full([count], 3, dtype)).Value.ToScalar());
    }

    // d/dx of Σ(x - μ)²/m is 2(x - μ)/m: for [1, 2, 3, 4] [-0.75, -0.25, 0.25, 0.75].
    [Fact]
    public void The_gradient_is_the_distance_from_the_mean()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3, 4]));

        Assert.Equal([-0.75, -0.25, 0.25, 0.75], tape.Gradient(Op.Variance(x), x).Value.ToDoubles());
    }

    // The squares of the distances add up to 5: 5/4, or 5/3 with Bessel's correction, whose gradient is 2(x - μ)/3.
    [Fact]
    public void A_correction_is_taken_off_the_count()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3, 4])), y = Op.Variance(x, correction: 1);

        Assert.Equal(5.0 / 3, y.Value.ToScalar());
        Expect.Near([-1, -1.0 / 3, 1.0 / 3, 1], tape.Gradient(y, x).Value, 1e-15);
        Assert.Equal(double.NaN, Op.Variance(Tensor.From([1.0]), correction: 1).Value.ToScalar());
        Assert.Equal(double.PositiveInfinity, Op.Variance(x, correction: 5).Value.ToScalar());
    }
}
