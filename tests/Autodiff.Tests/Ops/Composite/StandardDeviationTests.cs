using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class StandardDeviationTests
{
    // The squares of the distances of 1, 2, 3, 4 from 2.5 add up to 5: √(5/4), and by Bessel's correction √(5/3).
    [Fact]
    public void The_root_of_the_variance()
    {
        Variable x = Tensor.From([1.0, 2, 3, 4]);

        Assert.Equal(Math.Sqrt(1.25), Op.StandardDeviation(x).Value.ToScalar(), 1e-15);
        Assert.Equal(Math.Sqrt(5.0 / 3), Op.StandardDeviation(x, correction: 1).Value.ToScalar(), 1e-15);
        Assert.Equal([1, 1], Op.StandardDeviation(x.Reshape(2, 2), keepDimensions: true).Shape);
        Assert.Equal([0.5, 0.5], Op.StandardDeviation(x.Reshape(2, 2), 1).Value.ToDoubles());
    }

    // dσ/dx = (x - μ)/(m·σ): ±1/(2 · 1) for -1 and 1.
    [Fact]
    public void The_gradient_is_the_distance_from_the_mean_in_units_of_the_deviation()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([-1.0, 1]));

        Expect.Near([-0.5, 0.5], tape.Gradient(Op.StandardDeviation(x), x).Value, 1e-15);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Equal_numbers_have_neither_a_deviation_nor_a_gradient(DType dtype)
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Full([2, 3], 3, dtype)), y = Op.StandardDeviation(x, 1);

        Assert.Equal([0.0, 0], y.Value.ToDoubles());
        Assert.Equal(new double[6], tape.Gradient(Op.Sum(y), x).Value.ToDoubles());
    }

    // As for the variance: an offset of 10^5 cancels nothing, and squares of 10^30 do not overflow.
    [Fact]
    public void Far_from_zero_and_far_apart()
    {
        Assert.Equal(Math.Sqrt(1.25), Op.StandardDeviation(Tensor.From([100001f, 100002, 100003, 100004])).Value.ToScalar(), 1e-7);
        Assert.Equal(1e30f, (float)Op.StandardDeviation(Tensor.From([-1e30f, 1e30f])).Value.ToScalar());
    }

    [Fact]
    public void Nothing_left_to_divide_by() => Assert.Equal(double.NaN, Op.StandardDeviation(Tensor.From([1.0]), correction: 1).Value.ToScalar());
}
