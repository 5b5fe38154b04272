using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class LogSoftmaxTests
{
    // ln(e + e² + e³) = 3.407605964, taken from 1, 2 and 3. The gradient of the last is onehot - p, with p of SoftmaxTests.
    [Fact]
    public void Value_and_gradient()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3])), y = Op.LogSoftmax(x);

        Expect.Near([-2.407605964, -1.407605964, -0.407605964], y.Value);
        Expect.Near([-.090030573, -.244728471, 1 - .665240956], tape.Gradient(y, x, Tensor.From([0.0, 0, 1])).Value);
    }

    // The softmax of -1000 is 0 in every type, and its logarithm -∞; the gradient of the sum is 1 - 3p.
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Logits_of_1000_neither_overflow_nor_vanish(DType dtype)
    {
        (double[] y, double[] dy) = Pointwise.At(x => Op.LogSoftmax(x), [1000, 0, -1000], dtype);

        Assert.Equal([0.0, -1000, -2000], y);
        Assert.Equal([-2.0, 1, 1], dy);
    }

    [Fact]
    public void Probabilities_add_up_to_1_along_the_axis()
    {
        Variable x = Tensor.From(new double[,] { { 1, -2, 3 }, { 0.5, 9, 4 } });

        Assert.All(Op.Sum(Op.Exp(Op.LogSoftmax(x)), -1).Value.ToDoubles(), sum => Assert.Equal(1, sum, 1e-14));
        Assert.All(Op.Sum(Op.Exp(Op.LogSoftmax(x, axis: 0)), 0).Value.ToDoubles(), sum => Assert.Equal(1, sum, 1e-14));
    }

    // One -∞ is a probability of 0; a row of nothing else has none, as in PyTorch.
    [Fact]
    public void Minus_infinity_is_a_probability_of_0_but_not_in_all_of_a_row()
    {
        const double None = double.NegativeInfinity;
        (double[] y, double[] dy) = Pointwise.At(x => Op.LogSoftmax(x), [None, 0, 0], [0, 1, 0]);

        Expect.Near([-Math.Log(2), -Math.Log(2)], Tensor.From(y[1..]), 1e-15);
        Assert.Equal(None, y[0]);
        Assert.Equal([0, 0.5, -0.5], dy);
        Assert.All(Op.LogSoftmax(Tensor.From([None, None])).Value.ToDoubles(), value => Assert.Equal(double.NaN, value));
    }

    [Fact]
    public void It_sets_no_logits() => Assert.Null(Op.LogSoftmax(Tensor.Zeros([2, 3])).Logits);
}
