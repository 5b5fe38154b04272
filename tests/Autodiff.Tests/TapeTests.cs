using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class TapeTests
{
    [Fact]
    public void What_depends_on_a_watched_variable_is_recorded_in_order()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(2)), c = tape.Constant(Tensor.Scalar(3));

        Variable constant = c * c, y = x * constant, z = y + x;

        Assert.Equal(["Multiply", "Add"], tape.Entries.Select(entry => entry.Rule.Name));
        Assert.Equal([0, 1], tape.Entries.Select(entry => entry.Index));
        Assert.Same(z, tape.Entries[1].Output);
        Assert.Equal([y, x], tape.Entries[1].Operands);
        Assert.Same(tape.Entries[0], y.Entry);
        Assert.Null(constant.Entry);
        Assert.Null(x.Entry);
    }

    [Fact]
    public void Watched_and_recorded_variables_are_tracked_and_constants_are_not()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(2)), c = tape.Constant(Tensor.Scalar(3));

        Assert.True(x.IsTracked);
        Assert.True((x * c).IsTracked);
        Assert.False(c.IsTracked);
        Assert.False((c * c).IsTracked);
        Assert.Same(tape, (c * c).Tape);
    }

    [Fact]
    public void Without_a_tape_an_operation_just_computes()
    {
        Variable y = Op.Exp(Tensor.Scalar(0));

        Assert.Equal(1, y.Value.ToScalar());
        Assert.Null(y.Tape);
        Assert.False(y.IsTracked);
    }

    [Fact]
    public void A_plain_tensor_beside_a_variable_is_a_constant_on_its_tape()
    {
        using Tape tape = new();

        Variable y = tape.Watch(Tensor.Scalar(2)) * Tensor.Scalar(5);

        Assert.Equal(10, y.Value.ToScalar());
        Assert.Same(tape, y.Tape);
    }

    [Fact]
    public void Operands_on_two_tapes_are_an_error()
    {
        using Tape one = new(), two = new();
        Variable a = one.Watch(Tensor.Scalar(1)), b = two.Constant(Tensor.Scalar(1));

        ArgumentException error = Assert.Throws<ArgumentException>(() => a + b);

        Assert.Equal("Add: expected operands of one tape, got operands of two. Carry a value over with other.Constant(variable.Detach()).", error.Message);
        Assert.Empty(one.Entries);
    }

    [Fact]
    public void A_parameter_is_watched_once_for_each_tape()
    {
        Parameter parameter = new("kernel", Tensor.Scalar(1));
        using Tape one = new(), two = new();

        Assert.Same(one.Watch(parameter), one.Watch(parameter));
        Assert.NotSame(one.Watch(parameter), two.Watch(parameter));
        Assert.Same(parameter.Value, one.Watch(parameter).Value);
    }

    [Fact]
    public void Two_parameters_around_one_tensor_are_two_variables()
    {
        Tensor shared = Tensor.Scalar(3);
        Parameter a = new("a", shared), b = new("b", shared);
        using Tape tape = new();

        // y = 2a + 5b
        Gradients gradients = tape.Gradient((2 * tape.Watch(a)) + (5 * tape.Watch(b)), [a, b]);

        Assert.Equal([2.0, 5], gradients.Select(pair => pair.Gradient.ToScalar()));
    }

    [Fact]
    public void A_frozen_parameter_or_a_state_is_watched_as_a_constant()
    {
        using Tape tape = new();

        Assert.False(tape.Watch(new Parameter("kernel", Tensor.Scalar(1)) { Trainable = false }).IsTracked);
        Assert.False(tape.Watch(new Parameter("moving_mean", Tensor.Scalar(1), ParameterRole.State)).IsTracked);
        Assert.True(tape.Watch(new Parameter("kernel", Tensor.Scalar(1))).IsTracked);
    }

    [Fact]
    public void Integers_can_be_constants_but_not_watched()
    {
        using Tape tape = new();

        Assert.Equal([2, 1], Op.Reshape(tape.Constant(Tensor.From([1, 2])), [2, 1]).Shape);
        Assert.Throws<ArgumentException>(() => tape.Watch(Tensor.From([1, 2])));
    }

    // f = w² with w standing for 2x: df/dx = 2 · 2x · 2 = 24 at 3.
    [Fact]
    public void A_bound_variable_stands_for_its_parameter()
    {
        using Tape tape = new();
        Parameter parameter = new("w", Tensor.Scalar(100, DType.F64));
        Variable x = tape.Watch(Tensor.Scalar(3, DType.F64));

        tape.Bind(parameter, x * 2);
        Variable y = Op.Square(tape.Watch(parameter));

        Assert.Equal(36, y.Value.ToScalar());
        Assert.Equal(24, tape.Gradient(y, x).Value.ToScalar());
        Assert.Equal(12, tape.Gradient(y, [parameter])[parameter].ToScalar());
    }

    [Fact]
    public void A_bound_variable_has_the_parameters_shape_and_type_and_lives_on_the_tape()
    {
        using Tape tape = new();
        Parameter parameter = new("w", Tensor.Zeros([2]));

        Assert.Throws<ArgumentException>(() => tape.Bind(parameter, tape.Watch(Tensor.Zeros([3]))));
        Assert.Throws<ArgumentException>(() => tape.Bind(parameter, tape.Watch(Tensor.Zeros([2], DType.F64))));
        Assert.Throws<ArgumentException>(() => tape.Bind(parameter, Tensor.Zeros([2])));
    }

    [Fact]
    public void A_disposed_tape_takes_nothing_more_and_says_so()
    {
        Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(1));
        Parameter parameter = new("kernel", Tensor.Scalar(1));
        Variable watched = tape.Watch(parameter);
        tape.Dispose();
        tape.Dispose();

        foreach (Action act in new Action[]
        {
            () => tape.Watch(Tensor.Scalar(1)),
            () => tape.Watch(parameter),
            () => tape.Constant(Tensor.Scalar(1)),
            () => Op.Exp(x),
            () => tape.Gradient(x, x),
            () => tape.Gradient(watched, [parameter]),
            () => tape.Jvp(x, [x], [Tensor.Scalar(1)]),
        })
        {
            Assert.StartsWith("Tape: expected a tape that is alive, got one that has been disposed.", Assert.Throws<ObjectDisposedException>(act).Message, StringComparison.Ordinal);
        }
    }
}
