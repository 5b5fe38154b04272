using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class TapeGradientTests
{
    // Every path counts: dc/da = dc/db · db/da = 2 · 2. Walking an entry before all its uses are counted gives 2 or 3.
    [Fact]
    public void Adjoints_add_up_over_every_path()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Scalar(1));

        Variable b = a + a, c = b + b;

        Assert.Equal(4, c.Value.ToScalar());
        Assert.Equal(4, tape.Gradient(c, a).Value.ToScalar());
    }

    // y = Σ (1 + 2 + 3 + 4)·x: four contributions, of which the second makes a sum that the others are added to. On the tape: 4 contributions and 1 sum.
    [Fact]
    public void A_sum_of_adjoints_is_added_to_in_place()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3]));
        Variable y = (x * Tensor.Full([3], 1, DType.F64)) + (x * Tensor.Full([3], 2, DType.F64)) + (x * Tensor.Full([3], 3, DType.F64)) + (x * Tensor.Full([3], 4, DType.F64));
        long before = tape.OwnedBytes;

        Tensor gradient = tape.Gradient(y, x, Tensor.Ones([3], DType.F64)).Value;

        Assert.Equal([10, 10, 10], gradient.ToDoubles());
        Assert.Equal(5 * gradient.ByteLength, tape.OwnedBytes - before);
    }

    // The rule of a sum hands its adjoint on as it is: the upstream weights, which are the caller's, and which y's second use then needs.
    [Fact]
    public void What_others_hold_is_never_added_to()
    {
        using Tape tape = new();
        Tensor upstream = Tensor.From([1.0, -2]);
        Variable x = tape.Watch(Tensor.From([3.0, 4])), z = tape.Watch(Tensor.From([5.0, 6])), y = x + z + x + x + x;

        Variable[] gradients = tape.Gradient(y, [x, z], upstream);

        Assert.Equal([1.0, -2], upstream.ToDoubles());
        Assert.Equal([4.0, -8], gradients[0].Value.ToDoubles());
        Assert.Equal([1.0, -2], gradients[1].Value.ToDoubles());
    }

    // y = (x·x)·x + x: 3x² + 1 = 13 at 2.
    [Fact]
    public void A_variable_may_be_used_at_different_depths()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(2));

        Variable y = (x * x * x) + x;

        Assert.Equal(13, tape.Gradient(y, x).Value.ToScalar());
    }

    [Fact]
    public void Asking_twice_gives_the_same_and_records_nothing()
    {
        using Tape tape = new();
        Parameter parameter = new("w", Tensor.From([0.5, -1.5]));
        Variable x = tape.Watch(parameter), y = Op.Sum(Op.Exp(Op.Tanh(x) * x));
        int recorded = tape.Entries.Count;

        double[] first = tape.Gradient(y, x).Value.ToDoubles(), second = tape.Gradient(y, x).Value.ToDoubles();
        double[] third = tape.Gradient(y, [parameter])[parameter].ToDoubles();
        tape.Jvp(y, [x], [Tensor.From([1.0, 1])]);

        Assert.Equal(first, second);
        Assert.Equal(first, third);
        Assert.Equal(recorded, tape.Entries.Count);
        Assert.False(tape.Gradient(y, x).IsTracked);
    }

    [Fact]
    public void An_unrecorded_gradient_leaves_the_next_one_unchanged()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(3, DType.F64)), y = Op.Square(x);

        Variable first = tape.Gradient(y, x, record: true);
        double before = tape.Gradient(y, x).Value.ToScalar();
        Variable second = tape.Gradient(first, x);

        Assert.Equal(6, before);
        Assert.Equal(2, second.Value.ToScalar());
        Assert.Equal(6, tape.Gradient(y, x).Value.ToScalar());
    }

    [Fact]
    public void Only_entries_between_x_and_y_are_walked()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(2, DType.F64)), other = tape.Watch(Tensor.Scalar(-1, DType.F64));
        Trap trap = new();

        // A side branch that y does not use, one that y uses but x does not lead to, and what came after y.
        Op.Apply(trap, x);
        Variable y = (x * x) + Op.Apply(trap, other);
        Op.Apply(trap, y);

        Assert.Equal(4, tape.Gradient(y, x).Value.ToScalar());
        Assert.Equal(4, tape.Jvp(y, [x], [Tensor.Scalar(1, DType.F64)]).Value.ToScalar());
        Assert.Equal(0, trap.ReverseCalls);
        Assert.Equal(1, trap.ForwardCalls); // Forward mode meets the side branch, since it does not know yet what y needs.
        Assert.Equal(double.NaN, tape.Gradient(y, other).Value.ToScalar());
    }

    // ln(-1) is NaN, and so is everything about it; y does not depend on it.
    [Fact]
    public void A_branch_of_NaN_beside_the_path_poisons_nothing()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(-1, DType.F64));

        Variable nan = Op.Log(x), y = Op.Square(x);

        Assert.True(double.IsNaN(nan.Value.ToScalar()));
        Assert.Equal(-2, tape.Gradient(y, x).Value.ToScalar());
        Assert.Equal(-2, tape.Jvp(y, [x], [Tensor.Scalar(1, DType.F64)]).Value.ToScalar());
    }

    // y = (x²)·3 at 2 with h = x²: dy/dh = 3, dh/dx = 4, dy/dx = 12, dy/dy = 1.
    [Fact]
    public void Gradients_are_taken_with_respect_to_interior_variables_too()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(2)), h = Op.Square(x), y = h * 3;

        Variable[] gradients = tape.Gradient(y, [h, x, y]);

        Assert.Equal([3.0, 12, 1], gradients.Select(gradient => gradient.Value.ToScalar()));
        Assert.Equal(4, tape.Gradient(h, x).Value.ToScalar());
        Assert.Equal(0, tape.Gradient(h, y).Value.ToScalar());
    }

    [Fact]
    public void Asking_for_one_variable_twice_gives_it_twice()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(2));

        Assert.Equal([4.0, 4], tape.Gradient(Op.Square(x), [x, x]).Select(gradient => gradient.Value.ToScalar()));
    }

    // y = x² elementwise with weights u: the gradient is 2x·u.
    [Fact]
    public void Upstream_weights_make_it_a_vector_Jacobian_product()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3])), y = Op.Square(x);

        Variable gradient = tape.Gradient(y, x, Tensor.From([1.0, 10, -1]));

        Assert.Equal([2.0, 40, -6], gradient.Value.ToDoubles());
        Assert.Throws<ArgumentException>(() => tape.Gradient(y, x, Tensor.Scalar(1, DType.F64)));
    }

    [Fact]
    public void Upstream_weights_may_be_recorded_and_count_only_where_the_pass_is()
    {
        // g = 2x·u with u = x³ as upstream: recorded, g is a function of x and u: dg/dx = 2u + 2x·3x² = 8x³ = 64 at 2.
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(2, DType.F64)), y = Op.Square(x), u = x * x * x;

        Variable recorded = tape.Gradient(y, x, u, record: true), plain = tape.Gradient(y, x, u);

        Assert.Equal(32, plain.Value.ToScalar());
        Assert.False(plain.IsTracked);
        Assert.Equal(64, tape.Gradient(recorded, x).Value.ToScalar());
    }

    [Fact]
    public void More_than_one_element_needs_weights()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Zeros([2, 3]));

        ArgumentException error = Assert.Throws<ArgumentException>(() => tape.Gradient(x, x));

        Assert.StartsWith("Tape.Gradient: expected y of one element, got shape [2, 3].", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => tape.Gradient(tape.Watch(Tensor.Zeros([0])), x));
    }

    [Fact]
    public void One_element_of_any_rank_is_enough()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([2f], [1, 1]));

        Assert.Equal([1, 1], tape.Gradient(Op.Square(x), x).Shape);
    }

    [Fact]
    public void An_unrelated_variable_has_a_gradient_of_zeros()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(2)), unrelated = tape.Watch(Tensor.Zeros([2, 2], DType.F64)), later = Op.Exp(x);
        Variable constant = tape.Constant(Tensor.Scalar(5));

        Assert.Equal(new double[4], tape.Gradient(Op.Square(x), unrelated).Value.ToDoubles());
        Assert.Equal(DType.F64, tape.Gradient(Op.Square(x), unrelated).DType);
        Assert.Equal(0, tape.Gradient(x, later).Value.ToScalar());
        Assert.Equal(0, tape.Gradient(constant * constant, x).Value.ToScalar());
    }

    [Fact]
    public void A_size_of_zero_has_an_empty_gradient()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Zeros([0, 3], DType.F64));

        Variable gradient = tape.Gradient(Op.Sum(Op.Exp(x) * Tensor.Ones([3], DType.F64)), x);

        Assert.Equal([0, 3], gradient.Shape);
    }

    [Fact]
    public void Constants_and_variables_from_elsewhere_are_refused()
    {
        using Tape tape = new(), other = new();
        Variable x = tape.Watch(Tensor.Scalar(1)), y = Op.Exp(x);

        Assert.Throws<ArgumentException>(() => tape.Gradient(y, tape.Constant(Tensor.Scalar(1))));
        Assert.Throws<ArgumentException>(() => tape.Gradient(y, other.Watch(Tensor.Scalar(1))));
        Assert.Throws<ArgumentException>(() => tape.Gradient(y, Tensor.Scalar(1)));
        Assert.Throws<ArgumentException>(() => other.Gradient(y, x));
        Assert.Throws<ArgumentNullException>(() => tape.Gradient(null!, x));
        Assert.Throws<ArgumentNullException>(() => tape.Gradient(y, (Variable)null!));
    }

    [Fact]
    public void A_parameter_that_was_not_reached_is_named()
    {
        using Tape tape = new();
        Parameter used = new("dense/kernel", Tensor.Scalar(1)), unwatched = new("dense/bias", Tensor.Scalar(1)), watched = new("dense_1/bias", Tensor.Scalar(1));
        Variable y = Op.Exp(tape.Watch(used));
        tape.Watch(watched);

        foreach (Parameter missing in new[] { unwatched, watched })
        {
            InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => tape.Gradient(y, [used, missing]));
            Assert.StartsWith($"Tape.Gradient: expected y to depend on parameter '{missing.Name}', got no path", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_frozen_parameter_that_is_asked_for_is_named()
    {
        using Tape tape = new();
        Parameter frozen = new("kernel", Tensor.Scalar(1)) { Trainable = false };
        Variable y = Op.Exp(tape.Watch(frozen));

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => tape.Gradient(y, [frozen]));

        Assert.StartsWith("Tape.Gradient: expected a trainable parameter, got 'kernel'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_parameters_have_no_gradients()
    {
        using Tape tape = new();

        Assert.Empty(tape.Gradient(Op.Exp(tape.Watch(Tensor.Scalar(1))), Array.Empty<Parameter>()));
    }

    /// <summary>y = x with derivatives of NaN, which counts how often it is asked for them.</summary>
    private sealed class Trap : Autodiff.Rules.UnaryRule
    {
        public int ReverseCalls { get; private set; }

        public int ForwardCalls { get; private set; }

        public override string Name => "Trap";

        public override string Formula => "";

        public override Autodiff.Rules.Saves Saves => Autodiff.Rules.Saves.Nothing;

        public override Tensor Forward(Tensor x) => x.Clone();

        public override Variable? Vjp(Variable x, Variable y, Variable gy)
        {
            ReverseCalls++;
            return gy * double.NaN;
        }

        public override Variable? Jvp(Variable x, Variable y, Variable tx)
        {
            ForwardCalls++;
            return tx * double.NaN;
        }
    }
}
