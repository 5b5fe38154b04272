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
    public void A_mask_has_no_gradient()
    {
        using Tape tape = new();
        Variable mask = tape.Watch(Tensor.From([1.0, 0]));

        Variable y = Op.Sum(Op.Where(mask, Tensor.From([2.0, 2]), Tensor.From([3.0, 3])));

        Assert.Equal([0.0, 0], tape.Gradient(y, mask).Value.ToDoubles());
        Assert.Equal(0, tape.Jvp(y, [mask], [Tensor.Ones([2], DType.F64)]).Value.ToScalar());
    }
}
