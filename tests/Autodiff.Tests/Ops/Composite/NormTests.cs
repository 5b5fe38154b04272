using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class NormTests
{
    // ‖(3, -4)‖: 5 with gradient x/5; 7 with the signs; the larger magnitude, 4, with its sign; ∛(27 + 64) = ∛91 with gradient ±x²/∛91².
    [Theory]
    [InlineData(2, 5, new[] { 0.6, -0.8 })]
    [InlineData(3, 4.497941445275415, new[] { 0.4448513517305356, -0.7908468475209521 })]
    [InlineData(1, 7, new[] { 1.0, -1 })]
    [InlineData(double.PositiveInfinity, 4, new[] { 0.0, -1 })]
    public void Values_and_gradients_by_hand(double p, double expected, double[] gradient)
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([3.0, -4])), y = Op.Norm(x, p: p);

        Assert.Equal(expected, y.Value.ToScalar(), 1e-15);
        Expect.Near(gradient, tape.Gradient(y, x).Value, 1e-15);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(double.PositiveInfinity)]
    public void The_zero_vector_has_gradient_0_to_second_order(double p)
    {
        using Tape tape = new();
        // The second row is no zero vector, and is not disturbed.
        Variable x = tape.Watch(Tensor.From(new double[,] { { 0, 0 }, { 0, 2 } })), y = Op.Norm(x, 1, p: p);

        Variable gradient = tape.Gradient(Op.Sum(y), x, record: true);

        Assert.Equal([0.0, 2], y.Value.ToDoubles());
        Assert.Equal([0.0, 0, 0, 1], gradient.Value.ToDoubles());
        Assert.All(tape.Gradient(Op.Sum(Op.Square(gradient)), x).Value.ToDoubles(), second => Assert.Equal(0, second));
    }

    // 3-4-5 in units whose squares F32 cannot hold.
    [Theory]
    [InlineData(1e30f)]
    [InlineData(1e-30f)]
    public void Squares_neither_overflow_nor_vanish(float unit)
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([3 * unit, 4 * unit])), y = Op.Norm(x);

        Assert.Equal(5 * unit, y.Value.ToScalar(), unit * 1e-6);
        Expect.Near([0.6, 0.8], tape.Gradient(y, x).Value, 1e-7);
    }

    [Fact]
    public void Infinities_NaN_and_nothing()
    {
        Assert.Equal(double.PositiveInfinity, Op.Norm(Tensor.From([1.0, double.NegativeInfinity])).Value.ToScalar());
        Assert.Equal(double.NaN, Op.Norm(Tensor.From([1.0, double.NaN])).Value.ToScalar());
        Assert.Equal([0.0, 0], Op.Norm(Tensor.Zeros([2, 0]), 1).Value.ToDoubles());
        Assert.Equal(0, Op.Norm(Tensor.Zeros([0]), p: double.PositiveInfinity).Value.ToScalar());
        Assert.Equal([2, 1], Op.Norm(Tensor.Zeros([2, 3]), 1, keepDimensions: true).Shape);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void What_is_no_norm_is_refused(double p) => Assert.Throws<ArgumentException>(() => Op.Norm(Tensor.Zeros([2]), p: p));
}
