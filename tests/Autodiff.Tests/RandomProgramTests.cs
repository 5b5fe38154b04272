using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>Programs put together at random from smooth operations, so that operations meet in ways that nobody thought of.</summary>
public class RandomProgramTests
{
    public static TheoryData<int> Seeds => new(Enumerable.Range(0, 60));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Gradients_of_random_programs_pass_the_check_at_both_orders(int seed)
    {
        Rng rng = new((ulong)seed);
        Tensor[] inputs = [Catalogue.Sample([2, 3], Domain.Any, rng), Catalogue.Sample([3], Domain.Any, rng), Catalogue.Sample([], Domain.Any, rng)];
        Variable Program(IReadOnlyList<Variable> xs) => Run(xs, new Rng((ulong)seed).Split(1));

        for (int order = 1; order <= 2; order++)
        {
            GradientReport report = GradientCheck.Run(Program, inputs, order, tolerance: 1e-5);
            Assert.True(report.Passed, report.ToString());
        }
    }

    [Fact]
    public void Forward_over_reverse_equals_reverse_over_reverse()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            using Tape tape = new();
            Rng rng = new((ulong)seed);
            Variable[] xs = [tape.Watch(Catalogue.Sample([2, 3], Domain.Any, rng)), tape.Watch(Catalogue.Sample([3], Domain.Any, rng)), tape.Watch(Catalogue.Sample([], Domain.Any, rng))];
            Tensor v = Catalogue.Sample([2, 3], Domain.Any, rng);
            Variable y = Run(xs, rng.Split(1));

            // The Hessian is symmetric: H·v by pushing v through the gradient, or by the gradient of ⟨g, v⟩.
            Variable gradient = tape.Gradient(y, xs[0], record: true);
            double[] forward = tape.Jvp(gradient, [xs[0]], [v]).Value.ToDoubles();
            double[] reverse = tape.Gradient(Op.Sum(gradient * v), xs[0]).Value.ToDoubles();

            double scale = forward.Max(Math.Abs) + 1e-12;
            for (int i = 0; i < 6; i++) Assert.Equal(forward[i] / scale, reverse[i] / scale, 1e-10);
        }
    }

    /// <summary>Twelve steps, each an operation of what came before, kept small by tanh; a mean of everything at the end.</summary>
    internal static Variable Run(IReadOnlyList<Variable> xs, Rng rng)
    {
        List<Variable> values = [.. xs];
        for (int step = 0; step < 12; step++)
        {
            Variable a = values[rng.Next(values.Count)], b = values[rng.Next(values.Count)];
            bool fits = Fits(a.Shape, b.Shape);
            values.Add(rng.Next(16) switch
            {
                0 => Op.Tanh(a),
                1 => Op.Sigmoid(a),
                2 => Op.Exp(Op.Tanh(a)),
                3 => Op.Log1p(Op.Square(Op.Tanh(a))),
                4 => Op.Sqrt(1 + Op.Square(a)),
                5 when fits => a + b,
                6 when fits => a - b,
                7 when fits => Op.Tanh(a) * Op.Sigmoid(b),
                8 when fits => Op.Tanh(a) / (1.5 + Op.Sigmoid(b)),
                9 when a.Shape.Rank > 0 => Op.Softmax(a, rng.Next(a.Shape.Rank)),
                10 => Op.Mean(a, keepDimensions: rng.Next(2) == 0),
                11 when a.Shape.Rank == 2 => Op.MatMul(Op.Tanh(a), Op.Tanh(a), transposeB: true),
                12 when a.Shape.Rank == 2 => Op.Permute(a, [-1, 0]),
                13 when a.Shape.Rank > 0 => Op.Variance(a, rng.Next(a.Shape.Rank), keepDimensions: rng.Next(2) == 0),
                14 => Op.BroadcastTo(a, a.Shape.Rank < 3 ? a.Shape.Prepend(2) : a.Shape),
                15 when a.Shape.Rank > 0 => Op.LogSumExp(a, rng.Next(a.Shape.Rank)),
                _ => Op.Reshape(a, [1, .. a.Shape.Rank < 3 ? a.Shape : Shape.Of(a.Shape.ElementCount)]),
            });
        }

        return values.Skip(xs.Count).Concat(xs).Select(value => Op.Mean(Op.Tanh(value))).Aggregate((sum, mean) => sum + mean);
    }

    private static bool Fits(Shape a, Shape b)
    {
        for (int i = 1; i <= Math.Min(a.Rank, b.Rank); i++)
        {
            if (a[^i] != b[^i] && a[^i] != 1 && b[^i] != 1) return false;
        }

        return true;
    }
}
