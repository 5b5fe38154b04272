using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class ConcatenateTests
{
    // [[1, 2], [3, 4]] and [[5], [6]] side by side. Weights 10 to 60 in reading order.
    [Fact]
    public void Each_part_gets_its_stretch_of_the_adjoint()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.From(new double[,] { { 1, 2 }, { 3, 4 } })), b = tape.Watch(Tensor.From(new double[,] { { 5 }, { 6 } }));

        Variable y = Op.Concatenate([a, b], -1);
        Variable[] gradients = tape.Gradient(y, [a, b], Tensor.From([10.0, 20, 30, 40, 50, 60], [2, 3]));

        Assert.Equal([1.0, 2, 5, 3, 4, 6], y.Value.ToDoubles());
        Assert.Equal([10.0, 20, 40, 50], gradients[0].Value.ToDoubles());
        Assert.Equal([30.0, 60], gradients[1].Value.ToDoubles());
    }

    [Fact]
    public void A_part_that_stands_still_moves_by_zeros()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.From([1.0])), b = tape.Watch(Tensor.From([2.0, 3]));

        Assert.Equal([0.0, 7, 8], tape.Jvp(Op.Concatenate([a, b], 0), [b], [Tensor.From([7.0, 8])]).Value.ToDoubles());
    }

    // x beside itself: both parts' adjoints reach it.
    [Fact]
    public void A_variable_may_be_joined_to_itself()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2]));

        Assert.Equal([4.0, 6], tape.Gradient(Op.Concatenate([x, x], 0), x, Tensor.From([1.0, 2, 3, 4])).Value.ToDoubles());
    }

    [Fact]
    public void Empty_parts_have_empty_gradients()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Zeros([0, 2])), b = tape.Watch(Tensor.Zeros([1, 2]));

        Variable[] gradients = tape.Gradient(Op.Sum(Op.Concatenate([a, b], 0)), [a, b]);

        Assert.Equal([0, 2], gradients[0].Shape);
        Assert.Equal([1.0, 1], gradients[1].Value.ToDoubles());
    }
}
