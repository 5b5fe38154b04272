using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class WhereTests
{
    [Fact]
    public void The_gradient_goes_to_the_side_chosen_and_no_NaN_comes_from_the_other()
    {
        using Tape tape = new();
        Variable mask = tape.Constant(Tensor.From([1.0, 0])), a = tape.Watch(Tensor.From([2.0, double.NaN])), b = tape.Watch(Tensor.From([double.PositiveInfinity, 3]));

        Variable y = Op.Where(mask, a, b);

        Assert.Equal([2.0, 3], y.Value.ToDoubles());
        Variable[] gradients = tape.Gradient(Op.Sum(y), [a, b]);
        Assert.Equal([1.0, 0], gradients[0].Value.ToDoubles());
        Assert.Equal([0.0, 1], gradients[1].Value.ToDoubles());
    }

    // The well-known trap: the rule of Where passes 0 to the side not chosen, and 0 · (1/0) behind it is NaN. Choose the operand before the logarithm, not after.
    [Fact]
    public void A_safe_operand_keeps_NaN_out_of_what_lies_behind()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([0.0, 2])), positive = Op.Greater(x, Tensor.Scalar(0, DType.F64)), zero = Tensor.Scalar(0, DType.F64);

        Variable y = Op.Where(positive, Op.Log(Op.Where(positive, x, Tensor.Scalar(1, DType.F64))), zero);

        Assert.Equal([0.0, 0.5], tape.Gradient(Op.Sum(y), x).Value.ToDoubles());
    }

    [Fact]
    public void All_three_operands_broadcast()
    {
        using Tape tape = new();
        // mask [2, 1], a [3], b []: row 0 takes a, row 1 takes b.
        Variable a = tape.Watch(Tensor.From([1.0, 2, 3])), b = tape.Watch(Tensor.Scalar(9, DType.F64));

        Variable y = Op.Where(Tensor.From([1.0, 0], [2, 1]), a, b);

        Assert.Equal([1.0, 2, 3, 9, 9, 9], y.Value.ToDoubles());
        Variable[] gradients = tape.Gradient(Op.Sum(y), [a, b]);
        Assert.Equal([1.0, 1, 1], gradients[0].Value.ToDoubles());
        Assert.Equal(3, gradients[1].Value.ToScalar());
    }

    [Fact]
    public void A_constant_number_on_either_side_is_repeated()
    {
        using Tape tape = new();
        Variable mask = tape.Constant(Tensor.From([1.0, 0])), x = tape.Watch(Tensor.From(new double[,] { { 2, 3 }, { 4, 5 } })), number = Tensor.Full([1, 1, 1], 7, DType.F64);

        Variable first = Op.Where(mask, number, x), second = Op.Where(mask, x, number);

        Assert.Equal([1, 2, 2], first.Shape);
        Assert.Equal([7.0, 3, 7, 5], first.Value.ToDoubles());
        Assert.Equal([2.0, 7, 4, 7], second.Value.ToDoubles());
        Assert.Equal([0.0, 1, 0, 1], tape.Gradient(Op.Sum(first), x).Value.ToDoubles());
        Assert.Equal([1.0, 0, 1, 0], tape.Gradient(Op.Sum(second), x).Value.ToDoubles());
        Assert.Equal([7.0, 7], Op.Where(mask, number, Tensor.Full([1], 7, DType.F64)).Value.ToDoubles());
    }

    [Fact]
    public void A_mask_has_no_gradient()
    {
        using Tape tape = new();
        Variable mask = tape.Watch(Tensor.From([1.0, 0]));

        Variable y = Op.Sum(Op.Where(mask, Tensor.From([2.0, 2]), Tensor.From([3.0, 3])));

        Assert.Equal([0.0, 0], tape.Gradient(y, mask).Value.ToDoubles());
        Assert.Equal(0, tape.Jvp(y, [mask], [Tensor.Ones([2], DType.F64)]).Value.ToScalar());
    }
}
