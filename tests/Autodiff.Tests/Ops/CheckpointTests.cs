using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests.Ops;

public class CheckpointTests
{
    // Ten times exp(-x) on 1,000 numbers of 8 bytes: two results a step, 20 · 8,000 bytes, of which the checkpoint keeps the last. Its reverse pass leaves x̄ beside it.
    [Fact]
    public void Only_the_result_stays_on_the_tape()
    {
        Tensor x = Tensor.Full([1000], 0.5, DType.F64);
        using Tape plain = new(), checkpointed = new();
        Variable watched = checkpointed.Watch(x);

        Steps(plain.Watch(x));
        Variable y = Op.Checkpoint(Steps, watched);

        Assert.Equal((20, 160_000), (plain.Entries.Count, plain.OwnedBytes));
        Assert.Equal((1, 8_000), (checkpointed.Entries.Count, checkpointed.OwnedBytes));

        checkpointed.Gradient(y, watched, Tensor.Ones([1000], DType.F64));
        Assert.Equal((1, 16_000), (checkpointed.Entries.Count, checkpointed.OwnedBytes));
    }

    // y = x² + 3x by way of a checkpoint for x²: dy/dx = 2x + 3 = 7 at 2.
    [Fact]
    public void The_gradient_goes_through_the_function_run_again()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Number(2));
        int runs = 0;

        Variable y = Op.Checkpoint(v =>
        {
            runs++;
            return v * v;
        }, x) + (x * 3);

        Assert.Equal((10, 1), (y.Value.ToScalar(), runs));
        Assert.Equal(7, tape.Gradient(y, x).Value.ToScalar());
        Assert.Equal(2, runs);
        Assert.Equal(7, tape.Gradient(y, x).Value.ToScalar());
    }

    /// <summary>How blocks of a program are called.</summary>
    private delegate Variable Caller(Func<IReadOnlyList<Variable>, Variable> block, IReadOnlyList<Variable> inputs);

    private static Variable Plainly(Func<IReadOnlyList<Variable>, Variable> block, IReadOnlyList<Variable> inputs) => block(inputs);

    private static Variable Twice(Func<IReadOnlyList<Variable>, Variable> block, IReadOnlyList<Variable> inputs) => Op.Checkpoint(xs => Op.Tanh(Op.Checkpoint(block, xs) + xs[0]), inputs);

    private static Variable TwicePlainly(Func<IReadOnlyList<Variable>, Variable> block, IReadOnlyList<Variable> inputs) => Op.Tanh(block(inputs) + inputs[0]);

    // Adjoints are sums, and these depend on their order. Inputs are used inside a block, beside it and by other blocks, and come twice.
    [Fact]
    public void Gradients_of_random_programs_are_the_plain_ones_to_the_last_bit()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            AssertSameBits(Gradients(seed, Plainly), Gradients(seed, Op.Checkpoint));
            AssertSameBits(Gradients(seed, TwicePlainly), Gradients(seed, Twice));
        }
    }

    // Beside a recorded one: what is fused is differentiated by its definition there, which may round otherwise.
    [Fact]
    public void A_recorded_first_gradient_is_the_plain_one_to_the_last_bit_too()
    {
        for (int seed = 0; seed < 20; seed++) AssertSameBits(Gradients(seed, Plainly, record: true), Gradients(seed, Op.Checkpoint, record: true));
    }

    [Fact]
    public void A_random_program_of_checkpoints_passes_the_check_at_the_second_order()
    {
        GradientReport report = GradientCheck.Run(xs => Blocks(xs, new Rng(0), Op.Checkpoint), Inputs(0), order: 2, tolerance: 1e-5);

        Assert.True(report.Passed, report.ToString());
    }

    // y = (w·x)² with w = 3 watched inside, at x = 2: dy/dw = 2·6·2 = 24, dy/dx = 2·6·3 = 36.
    [Fact]
    public void Parameters_that_are_watched_inside_get_their_gradients()
    {
        Parameter w = new("w", Number(3)), frozen = new("frozen", Number(1)) { Trainable = false };
        using Tape tape = new();
        Variable x = tape.Watch(Number(2));

        Variable y = Op.Checkpoint(v => Op.Square(v.Tape!.Watch(w) * v * v.Tape.Watch(frozen)), x);

        Assert.Equal(36, y.Value.ToScalar());
        Assert.Equal(36, tape.Gradient(y, x).Value.ToScalar());
        Assert.Equal(24, tape.Gradient(y, [w])[w].ToScalar());
        Assert.Equal([x.Value, w.Value, frozen.Value], Assert.Single(tape.Entries).Operands.Select(operand => operand.Value));
    }

    // The input is a constant: the parameter alone makes the result worth recording. y = w·x: dy/dw = x.
    [Fact]
    public void A_parameter_alone_is_enough()
    {
        Parameter w = new("w", Number(3));
        using Tape tape = new();

        Variable y = Op.Checkpoint(v => v.Tape!.Watch(w) * v, tape.Constant(Number(5)));

        Assert.Equal(5, tape.Gradient(y, [w])[w].ToScalar());
    }

    // w stands for 2x: y = w·x = 2x², dy/dx = 4x = 12 at 3; and w counts at its bound value.
    [Fact]
    public void A_bound_parameter_counts_as_what_it_is_bound_to()
    {
        Parameter w = new("w", Number(100));
        using Tape tape = new();
        Variable x = tape.Watch(Number(3));
        tape.Bind(w, x * 2);

        Variable y = Op.Checkpoint(v => v.Tape!.Watch(w) * v, x);

        Assert.Equal(18, y.Value.ToScalar());
        Assert.Equal(12, tape.Gradient(y, x).Value.ToScalar());
    }

    // y = x·x as a product of two inputs, which are one: dy/dx = 2x = 6, the tangent along 5 is 30, and d²y/dx² = 2.
    [Fact]
    public void One_variable_may_be_two_inputs()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Number(3)), y = Op.Checkpoint(v => v[0] * v[1], [x, x]);

        Assert.Equal(6, tape.Gradient(y, x).Value.ToScalar());
        Assert.Equal(30, tape.Jvp(y, [x], [Number(5)]).Value.ToScalar());
        Assert.Equal(2, tape.Gradient(tape.Gradient(y, x, record: true), x).Value.ToScalar());
        Assert.Equal(10, tape.Gradient(tape.Jvp(y, [x], [Number(5)], record: true), x).Value.ToScalar());
    }

    // y = a·b with b = 2a, hence 2a²: dy/da = 4a = 12 and d²y/da² = 4. The replay must not find b's way to a once more.
    [Fact]
    public void An_input_that_was_computed_from_another_is_not_counted_twice()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Number(3));

        Variable first = tape.Gradient(Op.Checkpoint(v => v[0] * v[1], [a, a * 2]), a, record: true);

        Assert.Equal(12, first.Value.ToScalar());
        Assert.Equal(4, tape.Gradient(first, a).Value.ToScalar());
    }

    // stop(x)·x: the gradient is x = 3 and not 2x.
    [Fact]
    public void Stopped_gradients_stay_stopped()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Number(3));

        Assert.Equal(3, tape.Gradient(Op.Checkpoint(v => Op.StopGradient(v) * v, x), x).Value.ToScalar());

        GradientCheck.Run(xs => Op.Checkpoint(v => Op.StopGradient(v[0] * v[0]) * Op.Exp(v[0]), xs), [Tensor.From([0.5, -1.5])], order: 2, holdStopped: true).ThrowIfFailed();
    }

    // g = stop(x)·x has the gradient x; held at the point, g's gradient times x moves as a constant times x does, also where g is a checkpoint and its gradient is not recorded.
    [Fact]
    public void Values_that_are_held_are_held_in_replays_too() => GradientCheck.Run(
        xs =>
        {
            Variable inner = Op.Checkpoint(v => Op.Sum(Op.StopGradient(v) * v), xs[0]);
            return xs[0].Tape!.Gradient(inner, xs[0]) * xs[0];
        },
        [Tensor.From([0.5, -1.5])],
        order: 1,
        holdStopped: true).ThrowIfFailed();

    // f = x⁴ at 2 by squaring a checkpointed square: 32, 48, 48, 24.
    [Fact]
    public void Recorded_gradients_go_to_any_order()
    {
        double[] expected = [16, 32, 48, 48, 24, 0];

        for (int n = 0; n < expected.Length; n++)
        {
            Assert.Equal(expected[n], Derivatives.NthDerivative(x => Op.Square(Op.Checkpoint(v => v * v, x)), Number(2), n).ToScalar());
        }
    }

    // The square of (x³)' = 3x², 9x⁴ = 144 at 2, has the derivative 36x³ = 288.
    [Fact]
    public void A_gradient_may_be_taken_inside()
    {
        (Tensor value, Tensor gradient) = Derivatives.ValueAndGradient(x => Op.Checkpoint(v => Op.Square(Derivatives.Gradient(y => y * y * y)(v)), x), Number(2));

        Assert.Equal((144, 288), (value.ToScalar(), gradient.ToScalar()));
    }

    // The tangent of x³ along 5 at 2: 12 · 5; recorded, its gradient is 6x · 5.
    [Fact]
    public void Tangents_go_through_it()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Number(2)), y = Op.Checkpoint(v => v * v * v, x);

        Assert.Equal(60, tape.Jvp(y, [x], [Number(5)]).Value.ToScalar());
        Assert.Equal(60, tape.Gradient(tape.Jvp(y, [x], [Number(5)], record: true), x).Value.ToScalar());
    }

    // Picks x's elements by integer labels, which no derivative goes to: [x0, x2] of [1, 2, 3], squared.
    [Fact]
    public void Integers_may_be_inputs()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3], [3, 1])), labels = tape.Constant(Tensor.From([0, 2]));

        Variable y = Op.Sum(Op.Checkpoint(v => Op.Square(Op.MatMul(Indexing.OneHot(v[1].Value, 3, DType.F64), v[0])), [x, labels]));

        Assert.Equal([2.0, 0, 6], tape.Gradient(y, x).Value.ToDoubles());
        Assert.Equal([2.0, 0, 6], tape.Gradient(y, x, record: true).Value.ToDoubles());
        Assert.Equal(8, tape.Jvp(y, [x], [Tensor.Ones([3, 1], DType.F64)]).Value.ToScalar());
    }

    [Fact]
    public void A_function_may_give_its_input_or_a_view_of_it_or_a_parameter()
    {
        Parameter w = new("w", Tensor.From([5.0, 6]));
        Tensor point = Tensor.From([1.0, 2]) * Tensor.Scalar(1, DType.F64);
        using (Tape tape = new())
        {
            Variable x = tape.Watch(point);
            Variable same = Op.Checkpoint(v => v, x), view = Op.Checkpoint(v => v.Reshape(2, 1), x), parameter = Op.Checkpoint(v => v.Tape!.Watch(w), x);

            Assert.Equal([3.0, 4], tape.Gradient(same, x, Tensor.From([3.0, 4])).Value.ToDoubles());
            Assert.Equal([3.0, 4], tape.Gradient(view, x, Tensor.From([3.0, 4], [2, 1])).Value.ToDoubles());
            Assert.Equal([0.0, 0], tape.Gradient(parameter, x, Tensor.From([3.0, 4])).Value.ToDoubles());
            Assert.Equal([2.0, 2], tape.Gradient(Op.Sum(same + x), x).Value.ToDoubles());
        }

        // Whatever the tape took for its own would be scribbled over by now.
        for (int i = 0; i < 8; i++) Tensor.Uninitialized([2], DType.F64).AsSpan<double>().Fill(double.NaN);
        Assert.Equal([1.0, 2], point.ToDoubles());
        Assert.Equal([5.0, 6], w.Value.ToDoubles());
    }

    [Fact]
    public void Without_gradients_it_just_computes()
    {
        using Tape arena = new(record: false);

        Variable y = Op.Checkpoint(Steps, arena.Constant(Tensor.Zeros([10], DType.F64)));

        Assert.Equal((0, 80), (arena.Entries.Count, arena.OwnedBytes));
        Assert.Same(arena, y.Tape);
        Assert.Null(Op.Checkpoint(Steps, Tensor.Zeros([10])).Tape);
    }

    // Each element times 0 or 1 as a generator says: the gradient is what was drawn in the first run, and the generator goes on from there.
    [Fact]
    public void A_replay_draws_what_the_first_run_drew_and_leaves_the_generator_alone()
    {
        Rng rng = new(7);
        Variable Masked(Variable x)
        {
            Rng source = x.Tape?.DrawFrom(rng) ?? rng;
            return x * Tensor.From([.. Enumerable.Range(0, 20).Select(_ => (double)source.Next(2))]);
        }

        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Ones([20], DType.F64));
        Variable y = Op.Checkpoint(v => Op.Checkpoint(Masked, v) + Masked(v), x);
        ulong position = rng.Position;

        double[] gradient = tape.Gradient(y, x, Tensor.Ones([20], DType.F64)).Value.ToDoubles();

        Assert.Equal(y.Value.ToDoubles(), gradient);
        Assert.Contains(0, gradient);
        Assert.Equal(40UL, position);
        Assert.Equal(position, rng.Position);
        tape.Gradient(Op.Sum(y), x, record: true);
        Assert.Equal(position, rng.Position);
    }

    [Fact]
    public void A_function_can_see_that_it_is_replayed()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Number(1));
        List<bool> seen = [];
        Variable Watching(Variable v)
        {
            seen.Add(v.Tape!.IsReplay);
            return Op.Exp(v);
        }

        Variable y = Op.Checkpoint(v => Op.Checkpoint(Watching, Op.Exp(v)), x);
        Assert.Equal([false], seen);

        // The outer replay runs it once, forward, and then the inner replay does.
        tape.Gradient(y, x);
        Assert.Equal([false, true, true], seen);
        Assert.False(tape.IsReplay);
    }

    [Fact]
    public void A_function_that_computes_something_else_again_is_refused()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Number(1));
        int runs = 0;
        Variable y = Op.Checkpoint(v => v * ++runs, x);

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => tape.Gradient(y, x));

        Assert.StartsWith("Checkpoint: expected the function to compute the same again, F64[] to the last bit, got something else.", error.Message, StringComparison.Ordinal);
        Assert.False(tape.IsReplay);
    }

    [Fact]
    public void A_variable_of_the_tape_around_must_be_an_input()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Number(1)), other = tape.Watch(Number(2));
        int entries = tape.Entries.Count;

        foreach (Func<Variable, Variable> function in new Func<Variable, Variable>[] { v => v * other, v => other * v, v => Op.Checkpoint(w => w * other, v) })
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => Op.Checkpoint(function, x));
            Assert.Equal("Multiply: expected operands that the function was given, got a variable of the tape around it. Make it one of the function's inputs.", error.Message);
        }

        Assert.Throws<ArgumentException>(() => Op.Checkpoint(_ => other, x));
        Assert.Equal(entries, tape.Entries.Count);
    }

    private static Variable Steps(Variable x)
    {
        for (int i = 0; i < 10; i++) x = Op.Exp(-x);
        return x;
    }

    /// <summary>Five blocks, each a random program of three values so far, which may be one; what a block gives goes on beside what went into it.</summary>
    private static Variable Blocks(IReadOnlyList<Variable> xs, Rng rng, Caller call)
    {
        List<Variable> values = [.. xs];
        for (int i = 0; i < 5; i++)
        {
            Variable[] inputs = [.. Enumerable.Range(0, 3).Select(_ => values[rng.Next(values.Count)])];
            ulong block = rng.NextBits();
            values.Add(Op.Tanh(inputs[0] + call(v => RandomProgramTests.Run(v, new Rng(block)), inputs)));
        }

        return values.Select(value => Op.Mean(Op.Square(value))).Aggregate((sum, mean) => sum + mean);
    }

    private static Tensor[] Inputs(int seed)
    {
        Rng rng = new((ulong)seed);
        return [Catalogue.Sample([2, 3], Domain.Any, rng), Catalogue.Sample([3], Domain.Any, rng), Catalogue.Sample([], Domain.Any, rng)];
    }

    private static Tensor[] Gradients(int seed, Caller call, bool record = false)
    {
        using Tape tape = new();
        Variable[] xs = [.. Inputs(seed).Select(tape.Watch)];
        return [.. tape.Gradient(Blocks(xs, new Rng((ulong)seed), call), xs, record: record).Select(gradient => gradient.Detach())];
    }

    private static void AssertSameBits(Tensor[] expected, Tensor[] actual)
    {
        for (int i = 0; i < expected.Length; i++) Expect.SameBits(expected[i], actual[i]);
    }

    private static Tensor Number(double value) => Tensor.Scalar(value, DType.F64);
}
