using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class SoftmaxTests
{
    // batchnorm.md G16: e¹, e², e³ over their sum 30.1929.
    [Fact]
    public void Values_match_G16()
    {
        double[] y = Op.Softmax(Tensor.From([1.0, 2, 3])).Value.ToDoubles();

        Assert.Equal(.090030573, y[0], 1e-9);
        Assert.Equal(.244728471, y[1], 1e-9);
        Assert.Equal(.665240956, y[2], 1e-9);
    }

    // G16: -ln p₂ = 0.407605964, whose gradient is p - onehot.
    [Fact]
    public void The_gradient_of_cross_entropy_is_probabilities_less_one_hot()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3]));

        Variable loss = -Op.Sum(Op.Log(Op.Softmax(x)) * Tensor.From([0.0, 0, 1]));
        double[] gradient = tape.Gradient(loss, x).Value.ToDoubles();

        Assert.Equal(.407605964, loss.Value.ToScalar(), 1e-9);
        Assert.Equal(.090030573, gradient[0], 1e-9);
        Assert.Equal(.244728471, gradient[1], 1e-9);
        Assert.Equal(.665240956 - 1, gradient[2], 1e-9);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Logits_of_1000_do_not_overflow(DType dtype)
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1000.0, 1000, -1000]).Cast(dtype)), y = Op.Softmax(x);

        Assert.Equal([0.5, 0.5, 0], y.Value.ToDoubles());
        // p(e - p·e) for the first output: [1/4, -1/4, 0].
        Assert.Equal([0.25, -0.25, 0], tape.Gradient(y, x, Tensor.From([1.0, 0, 0]).Cast(dtype)).Value.ToDoubles());
        Assert.Equal(1000 + Math.Log(2), Op.LogSumExp(x).Value.ToScalar(), 1e-4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Logits_are_remembered_over_the_last_axis_alone(bool record)
    {
        using Tape tape = new(record);
        Variable x = tape.Watch(Tensor.Zeros([2, 3])), constant = tape.Constant(Tensor.Zeros([2, 3])), loose = Tensor.Zeros([2, 3]);

        foreach (Variable logits in new[] { x, constant, loose })
        {
            Assert.Same(logits, Op.Softmax(logits).Logits);
            Assert.Same(logits, Op.Softmax(logits, axis: 1).Logits);
            Assert.Null(Op.Softmax(logits, axis: 0).Logits);
            Assert.Null(Op.Softmax(logits, axis: -2).Logits);
        }
    }

    [Fact]
    public void Every_other_operation_drops_them()
    {
        Variable y = Op.Softmax(Tensor.Zeros([2, 3]));

        Variable[] results = [y * 1, y + 0, -(-y), Op.StopGradient(y), Op.Permute(y, [0, 1]), y.Reshape(3, 2), Op.Clip(y, 0, 1), Op.Relu(y), Op.Sum(y, []), (Variable)y.Value];

        Assert.NotNull(y.Logits);
        Assert.All(results, result => Assert.Null(result.Logits));
    }

    [Fact]
    public void Rows_add_up_to_1_along_the_axis()
    {
        Variable x = Tensor.From(new double[,] { { 1, -2, 3 }, { 0.5, 9, 4 } });

        Assert.All(Op.Sum(Op.Softmax(x), -1).Value.ToDoubles(), sum => Assert.Equal(1, sum, 1e-15));
        Assert.All(Op.Sum(Op.Softmax(x, axis: 0), 0).Value.ToDoubles(), sum => Assert.Equal(1, sum, 1e-15));
    }

    [Fact]
    public void Minus_infinity_is_a_probability_of_0_but_not_in_all_of_a_row()
    {
        const double None = double.NegativeInfinity;

        Assert.Equal([0, 0.5, 0.5], Op.Softmax(Tensor.From([None, 7, 7])).Value.ToDoubles());
        Assert.All(Op.Softmax(Tensor.From([None, None])).Value.ToDoubles(), value => Assert.Equal(double.NaN, value));
    }

    [Fact]
    public void A_scalar_has_no_axis() => Assert.Throws<ArgumentException>(() => Op.Softmax(Tensor.Scalar(1)));
}
