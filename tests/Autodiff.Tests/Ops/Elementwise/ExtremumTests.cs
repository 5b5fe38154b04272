using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class ExtremumTests
{
    private static readonly double[] A = [1, 5, 2, double.NaN, 0, double.PositiveInfinity];
    private static readonly double[] B = [3, 4, 2, 7, double.NaN, double.NegativeInfinity];

    // Beside a NaN nothing is less or greater, so that both operands get the whole adjoint, as in PyTorch.
    [Fact]
    public void The_larger_operand_gets_the_gradient_and_equals_half_of_it()
    {
        (double[] y, double[] da, double[] db) = At(Op.Maximum);

        Assert.Equal([3, 5, 2, double.NaN, double.NaN, double.PositiveInfinity], y);
        Assert.Equal([0, 1, 0.5, 1, 1, 1], da);
        Assert.Equal([1, 0, 0.5, 1, 1, 0], db);
    }

    [Fact]
    public void The_smaller_operand_gets_the_gradient_and_equals_half_of_it()
    {
        (double[] y, double[] da, double[] db) = At(Op.Minimum);

        Assert.Equal([1, 4, 2, double.NaN, double.NaN, double.NegativeInfinity], y);
        Assert.Equal([1, 0, 0.5, 1, 1, 0], da);
        Assert.Equal([0, 1, 0.5, 1, 1, 1], db);
    }

    // Halves keep both passes each other's transpose: moving both of two equals by 1 moves the result by 1.
    [Fact]
    public void Equals_that_move_together_move_the_result_as_much()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Scalar(2)), b = tape.Watch(Tensor.Scalar(2)), one = Tensor.Scalar(1);

        Assert.Equal(1, tape.Jvp(Op.Maximum(a, b), [a, b], [one, one]).Value.ToScalar());
        Assert.Equal(1, tape.Jvp(Op.Minimum(a, b), [a, b], [one, one]).Value.ToScalar());
    }

    // max of [1, 4] and the number 2: [2, 4]. The number gets the gradient of the first.
    [Fact]
    public void A_number_is_a_bound_that_can_be_differentiated()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.From([1.0, 4])), bound = tape.Watch(Tensor.Scalar(2, DType.F64)), y = Op.Maximum(a, bound);

        Variable[] gradients = tape.Gradient(y, [a, bound], Tensor.From([10.0, 100]));

        Assert.Equal([2.0, 4], y.Value.ToDoubles());
        Assert.Equal([0.0, 100], gradients[0].Value.ToDoubles());
        Assert.Equal(10, gradients[1].Value.ToScalar());
    }

    [Fact]
    public void An_infinite_adjoint_does_not_reach_the_operand_that_was_not_chosen()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Scalar(1)), b = tape.Watch(Tensor.Scalar(2)), infinity = Tensor.Scalar(double.PositiveInfinity);

        Assert.Equal([0, double.PositiveInfinity], tape.Gradient(Op.Maximum(a, b), [a, b], infinity).Select(gradient => gradient.Value.ToScalar()));
        Assert.Equal([double.PositiveInfinity, 0], tape.Gradient(Op.Minimum(a, b), [a, b], infinity).Select(gradient => gradient.Value.ToScalar()));
    }

    private static (double[] Y, double[] Da, double[] Db) At(Func<Variable, Variable, Variable> function)
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.From(A)), b = tape.Watch(Tensor.From(B)), y = function(a, b);
        Variable[] gradients = tape.Gradient(y, [a, b], Tensor.Ones([6], DType.F64));
        return (y.Value.ToDoubles(), gradients[0].Value.ToDoubles(), gradients[1].Value.ToDoubles());
    }
}
