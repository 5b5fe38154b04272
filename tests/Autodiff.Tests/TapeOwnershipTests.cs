using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>Who owns the memory: results belong to the tape, everything else to whoever made it.</summary>
public class TapeOwnershipTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_result_touched_after_its_tape_says_what_to_do(bool record)
    {
        Variable y, view, constant, gradient;
        using (Tape tape = new(record))
        {
            Variable x = tape.Watch(Tensor.From([1f, 2]));
            y = Op.Exp(x);
            view = y.Reshape(2, 1);
            constant = Op.Exp(tape.Constant(Tensor.From([1f, 2])));
            gradient = record ? tape.Gradient(y, x, Tensor.Ones([2])) : y;
        }

        foreach (Variable variable in new[] { y, view, constant, gradient })
        {
            ObjectDisposedException error = Assert.Throws<ObjectDisposedException>(() => variable.Value.ToDoubles());
            Assert.StartsWith(
                "Tensor: expected a tensor whose tape is alive, got one whose tape has been disposed. Call variable.Detach() before the tape ends, or use the tensor inside its using block.",
                error.Message,
                StringComparison.Ordinal);
            Assert.Throws<ObjectDisposedException>(() => variable.Detach());
            Assert.Throws<ObjectDisposedException>(() => Op.Exp(variable.Value));
            Assert.EndsWith("(its tape has been disposed)", variable.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Detached_copies_survive(bool record)
    {
        Tensor copy;
        using (Tape tape = new(record))
        {
            copy = (tape.Watch(Tensor.From([1f, 2])) * 3).Detach();
        }

        Churn();
        Assert.Equal([3f, 6], copy.ToArray<float>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Users_tensors_and_parameters_survive_also_through_views_of_them(bool record)
    {
        Tensor constant = Tensor.From([1f, 2, 3, 4]), watched = Tensor.From([5f, 6]);
        // The result of an operation without a tape lies in pooled memory, and is the user's all the same.
        Tensor pooled = Tensor.From([7f, 8]) + Tensor.Scalar(1), pooledWatched = Tensor.From([7f, 8]) * Tensor.Scalar(2);
        Parameter parameter = new("kernel", Tensor.From([9f]) + Tensor.Scalar(1));
        using (Tape tape = new(record))
        {
            Variable[] leaves = [tape.Constant(constant), tape.Watch(watched), tape.Constant(pooled), tape.Watch(pooledWatched), tape.Watch(parameter)];
            foreach (Variable leaf in leaves)
            {
                Op.Reshape(leaf, [1, leaf.Shape.ElementCount, 1]);
                leaf.Reshape(-1, 1).Reshape(1, -1);
                Op.StopGradient(leaf);
                Op.StopGradient(leaf.Reshape(-1, 1)).Reshape(-1);
                Op.BroadcastTo(leaf, leaf.Shape);
                Op.SumTo(leaf, leaf.Shape);
                Op.Exp(leaf.Reshape(-1, 1));
                Op.Sum(leaf, []);
            }

            // Operands from outside any tape, wrapped by the implicit conversion.
            _ = leaves[2] + pooled;
        }

        Churn();
        Assert.Equal([1f, 2, 3, 4], constant.ToArray<float>());
        Assert.Equal([5f, 6], watched.ToArray<float>());
        Assert.Equal([8f, 9], pooled.ToArray<float>());
        Assert.Equal([14f, 16], pooledWatched.ToArray<float>());
        Assert.Equal([10f], parameter.Value.ToArray<float>());
    }

    [Fact]
    public void Upstream_weights_and_tangents_survive_though_a_gradient_may_be_them()
    {
        // y = a + b passes the weights through: the gradient with respect to a is the tensor that the user gave.
        Tensor weights = Tensor.From([1f, 2]) * Tensor.Scalar(1), tangent = Tensor.From([3f, 4]) * Tensor.Scalar(1);
        using (Tape tape = new())
        {
            Variable a = tape.Watch(Tensor.From([0f, 0])), b = tape.Watch(Tensor.From([0f, 0]));
            Variable y = a + b;
            Assert.Equal([1.0, 2], tape.Gradient(y, a, weights).Value.ToDoubles());
            Assert.Equal([3.0, 4], tape.Jvp(y, [a], [tangent]).Value.ToDoubles());
        }

        Churn();
        Assert.Equal([1f, 2], weights.ToArray<float>());
        Assert.Equal([3f, 4], tangent.ToArray<float>());
    }

    [Fact]
    public void Many_tapes_in_a_row_corrupt_nothing()
    {
        Tensor x = Samples(64, 1), w = Samples(64, 2);
        double[] before = [.. x.ToDoubles(), .. w.ToDoubles()];
        Parameter parameter = new("w", w);
        double? first = null;
        double[]? firstGradient = null;
        for (int step = 0; step < 200; step++)
        {
            using Tape tape = new();
            Variable constant = tape.Constant(x);
            Variable loss = Op.Mean(Op.Square(Op.Tanh(constant.Reshape(8, 8) * tape.Watch(parameter).Reshape(8, 8)) - Op.Exp(-constant.Reshape(8, 8))));
            Gradients gradients = tape.Gradient(loss, [parameter]);
            double value = loss.Value.ToScalar();
            double[] gradient = gradients[parameter].ToDoubles();
            Assert.Equal(first ??= value, value);
            Assert.Equal(firstGradient ??= gradient, gradient);
        }

        Assert.Equal(before, x.ToDoubles().Concat(w.ToDoubles()));
    }

    [Fact]
    public void An_arena_inside_the_life_of_a_tape_takes_nothing_of_it()
    {
        using Tape tape = new();
        Variable y = Op.Exp(tape.Watch(Tensor.From([0f, 0])));
        using (Tape arena = new(record: false))
        {
            Variable inner = arena.Constant(y.Value);
            Op.Exp(inner.Reshape(2, 1));
        }

        Churn();
        Assert.Equal([1f, 1], y.Value.ToArray<float>());
    }

    [Fact]
    public void The_arena_records_nothing_and_takes_no_gradients()
    {
        using Tape arena = new(record: false);
        Parameter parameter = new("kernel", Tensor.Scalar(2));
        Variable x = arena.Watch(parameter), y = Op.Exp(x);

        Assert.Empty(arena.Entries);
        Assert.False(x.IsTracked);
        Assert.False(y.IsTracked);
        foreach (Action act in new Action[] { () => arena.Gradient(y, x), () => arena.Gradient(y, [parameter]), () => arena.Jvp(y, [x], [Tensor.Scalar(1)]) })
        {
            Assert.Equal(
                "Tape: expected a recording tape, got one made with record: false. Use new Tape() where gradients are wanted.",
                Assert.Throws<InvalidOperationException>(act).Message);
        }
    }

    /// <summary>Takes memory from the pool and scribbles over it, so that whatever was given back wrongly shows.</summary>
    private static void Churn()
    {
        for (int length = 1; length <= 64; length *= 2)
        {
            Tensor[] taken = [.. Enumerable.Range(0, 32).Select(_ => Tensor.Uninitialized([length], DType.F64))];
            foreach (Tensor tensor in taken)
            {
                tensor.AsSpan<double>().Fill(double.NaN);
                tensor.Buffer.Release();
            }
        }
    }

    private static Tensor Samples(int length, ulong seed)
    {
        Rng rng = new(seed);
        return Tensor.From([.. Enumerable.Range(0, length).Select(_ => rng.NextSingle())]);
    }
}
