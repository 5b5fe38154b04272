using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class ArithmeticTests
{
    // y = a·b with a [2, 1] and b [3] repeated to [2, 3]: each element of a meets all of b and the other way round. b adds up to 9, a to 3.
    [Fact]
    public void Gradients_add_up_over_what_was_broadcast()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.From([1.0, 2], [2, 1])), b = tape.Watch(Tensor.From([2.0, 3, 4]));

        Variable[] gradients = tape.Gradient(Op.Sum(a * b), [a, b]);

        Assert.Equal([2, 1], gradients[0].Shape);
        Assert.Equal([9.0, 9], gradients[0].Value.ToDoubles());
        Assert.Equal([3.0, 3, 3], gradients[1].Value.ToDoubles());
    }

    [Fact]
    public void A_number_beside_a_tensor_gathers_everything()
    {
        using Tape tape = new();
        Variable scale = tape.Watch(Tensor.Scalar(2, DType.F64));

        Variable gradient = tape.Gradient(Op.Sum(scale * Tensor.From(new double[,] { { 1, 2 }, { 3, 4 } })), scale);

        Assert.Equal(10, gradient.Value.ToScalar());
        Assert.Equal(Shape.Scalar, gradient.Shape);
    }

    // Broadcasting 1 to 0 repeats the element no times.
    [Fact]
    public void A_number_repeated_no_times_has_a_gradient_of_0()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.From([3.0]));

        Variable y = Op.Sum(a * Tensor.Zeros([2, 0], DType.F64));

        Assert.Equal(0, y.Value.ToScalar());
        Assert.Equal([0.0], tape.Gradient(y, a).Value.ToDoubles());
        Assert.Equal(0, tape.Jvp(y, [a], [Tensor.From([1.0])]).Value.ToScalar());
    }

    // x/x, both operands the same variable: 1/x - x/x² = 0.
    [Fact]
    public void One_variable_may_be_both_operands()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(5, DType.F64));

        Assert.Equal(0, tape.Gradient(x / x, x).Value.ToScalar(), 1e-16);
        Assert.Equal(10, tape.Gradient(x * x, x).Value.ToScalar());
        Assert.Equal(0, tape.Gradient(x - x, x).Value.ToScalar());
        Assert.Equal(0, tape.Jvp(x - x, [x], [Tensor.Scalar(1, DType.F64)]).Value.ToScalar());
    }

    [Fact]
    public void Comparisons_are_masks_without_derivative()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3]));

        Variable greater = Op.Greater(x, Tensor.Scalar(2, DType.F64)), equal = Op.Equal(x, Tensor.Scalar(2, DType.F64));

        Assert.Equal([0.0, 0, 1], greater.Value.ToDoubles());
        Assert.Equal([0.0, 1, 0], equal.Value.ToDoubles());
        // x·mask + x + mask: the mask's own derivative counts as 0, so 0 + 1, 0 + 1, 1 + 1.
        Assert.Equal([1.0, 1, 2], tape.Gradient(Op.Sum((x * greater) + x + equal), x).Value.ToDoubles());
    }
}
