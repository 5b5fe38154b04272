using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class JvpTests
{
    // y = a²·b: dy = 2ab·da + a²·db. At (3, 5) along (1, 10): 30 + 90.
    [Fact]
    public void Tangents_add_up_over_operands()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Scalar(3, DType.F64)), b = tape.Watch(Tensor.Scalar(5, DType.F64)), y = Op.Square(a) * b;

        Assert.Equal(120, Jvp(tape, y, (a, 1), (b, 10)));
        Assert.Equal(30, Jvp(tape, y, (a, 1)));
        Assert.Equal(9, Jvp(tape, y, (b, 1)));
    }

    // [[1, 2], [3, 4]] moved by [[0, 1], [0, 0]]: the product with [1; 10] moves by [10; 0].
    [Fact]
    public void A_matrix_product_moves_with_its_left_side()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.From(new double[,] { { 1, 2 }, { 3, 4 } }));

        Variable tangent = tape.Jvp(Op.MatMul(a, Tensor.From(new double[,] { { 1 }, { 10 } })), [a], [Tensor.From(new double[,] { { 0, 1 }, { 0, 0 } })]);

        Assert.Equal([10.0, 0], tangent.Value.ToDoubles());
        Assert.Equal([2, 1], tangent.Shape);
    }

    [Fact]
    public void What_does_not_move_has_a_tangent_of_zeros()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(1)), other = tape.Watch(Tensor.Zeros([2]));

        Assert.Equal([0.0, 0], tape.Jvp(Op.Exp(other), [x], [Tensor.Scalar(1)]).Value.ToDoubles());
        Assert.Equal(0, tape.Jvp(tape.Constant(Tensor.Scalar(1)), [x], [Tensor.Scalar(1)]).Value.ToScalar());
        Assert.Equal(0, tape.Jvp(Op.StopGradient(x), [x], [Tensor.Scalar(1)]).Value.ToScalar());
        Assert.Equal(7, tape.Jvp(x, [x], [Tensor.Scalar(7)]).Value.ToScalar());
    }

    // h = x², y = 3h at x = 2. Moving h by 1 moves y by 3. Moving x by 1 moves h by 4, and with h's own 1 by 5: y by 15.
    // Gradient's answers are 12 for x and 3 for h, and 12 · 1 + 3 · 1 is 15 as well: the two modes are each other's transpose also for nested variables.
    [Fact]
    public void Interior_variables_may_move_too()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(2, DType.F64)), h = Op.Square(x), y = h * 3;

        Assert.Equal(3, Jvp(tape, y, (h, 1)));
        Assert.Equal(12, Jvp(tape, y, (x, 1)));
        Assert.Equal(15, Jvp(tape, y, (x, 1), (h, 1)));
        Assert.Equal(36, Jvp(tape, y, (x, 1), (x, 2)));
    }

    [Fact]
    public void Counts_and_shapes_must_fit()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Zeros([2])), y = Op.Exp(x);

        Assert.Throws<ArgumentException>(() => tape.Jvp(y, [x], []));
        Assert.Throws<ArgumentException>(() => tape.Jvp(y, [x], [Tensor.Zeros([3])]));
        Assert.Throws<ArgumentException>(() => tape.Jvp(y, [tape.Constant(Tensor.Zeros([2]))], [Tensor.Zeros([2])]));
        Assert.Throws<ArgumentException>(() => tape.Jvp(Tensor.Zeros([2]), [x], [Tensor.Zeros([2])]));
    }

    private static double Jvp(Tape tape, Variable y, params (Variable X, double Tangent)[] moving) =>
        tape.Jvp(y, [.. moving.Select(x => x.X)], [.. moving.Select(x => (Variable)Tensor.Scalar(x.Tangent, DType.F64))]).Value.ToScalar();
}
