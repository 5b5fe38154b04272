using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class LogSumExpTests
{
    // ln(e¹ + e² + e³) = 3 + ln(e⁻² + e⁻¹ + 1) = 3.407605964; its gradient is the softmax.
    [Fact]
    public void Value_and_gradient()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3])), y = Op.LogSumExp(x);

        double[] gradient = tape.Gradient(y, x).Value.ToDoubles();

        Assert.Equal(3.407605964, y.Value.ToScalar(), 1e-9);
        Assert.Equal(.090030573, gradient[0], 1e-9);
        Assert.Equal(.665240956, gradient[2], 1e-9);
    }

    // Equal maxima share nothing: each of two equal logits has probability 1/2.
    [Fact]
    public void Ties_have_the_softmax_as_gradient_too()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([5.0, 5]));

        Assert.Equal([0.5, 0.5], tape.Gradient(Op.LogSumExp(x), x).Value.ToDoubles());
    }

    [Fact]
    public void Axes_go_or_stay()
    {
        Variable x = Tensor.Zeros([2, 4, 3], DType.F64);

        Assert.Equal([2, 3], Op.LogSumExp(x, 1).Shape);
        Assert.Equal([2, 1, 3], Op.LogSumExp(x, 1, keepDimensions: true).Shape);
        Assert.All(Op.LogSumExp(x, 1).Value.ToDoubles(), y => Assert.Equal(Math.Log(4), y, 1e-15));
        Assert.Equal(Shape.Scalar, Op.LogSumExp(x).Shape);
    }

    // ln 0 = -∞, and nothing that moves changes it. PyTorch has the value, and NaN for the gradient; 0 is what adds up with others.
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Nothing_but_minus_infinity_gives_minus_infinity_and_no_gradient(DType dtype)
    {
        const double None = double.NegativeInfinity;
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From(new double[,] { { None, None }, { None, 3 } }).Cast(dtype)), y = Op.LogSumExp(x, 1);

        Variable gradient = tape.Gradient(y, x, Tensor.Ones([2], dtype), record: true);

        Assert.Equal([None, 3], y.Value.ToDoubles());
        Assert.Equal([0.0, 0, 0, 1], gradient.Value.ToDoubles());
        Assert.Equal([0.0, 0, 0, 0], tape.Gradient(Op.Sum(gradient), x).Value.ToDoubles());
        Assert.Equal(None, Op.LogSumExp(x.Value.Rows(0, 1)).Value.ToScalar());
    }

    [Fact]
    public void Infinity_and_NaN_get_into_the_result()
    {
        Assert.Equal(double.PositiveInfinity, Op.LogSumExp(Tensor.From([1, double.PositiveInfinity])).Value.ToScalar());
        Assert.Equal(double.NaN, Op.LogSumExp(Tensor.From([1, double.NaN])).Value.ToScalar());
        Assert.Equal(double.MaxValue, Op.LogSumExp(Tensor.From([double.MaxValue, 0])).Value.ToScalar());
        Assert.Equal(-double.MaxValue, Op.LogSumExp(Tensor.From([-double.MaxValue])).Value.ToScalar());
    }
}
