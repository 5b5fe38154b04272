using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>The Jacobian by elimination, and the multiplications that each order needs, counted by hand: predecessors times successors at each step.</summary>
public class EliminationTests
{
    // Two inputs meet in a = x0·x1, then b = eᵃ and c = ln(1 + b), and two outputs part from c: y0 = √c and y1 = c². The vertices are 2, 3 and 4.
    //   forward    a: 2·1 = 2 (x0, x1 to b),  b: 2·1 = 2 (x0, x1 to c),  c: 2·2 = 4                     8
    //   reverse    c: 1·2 = 2 (b to y0, y1),  b: 1·2 = 2 (a to y0, y1),  a: 2·2 = 4                     8
    //   Markowitz  b first: 1·1 = 1, which leaves a to c.  Then a 2·1 and c 1·2 tie, and a is older: 2.  c: 2·2 = 4.     7
    [Fact]
    public void The_middle_of_an_hourglass_is_best_taken_first()
    {
        using Tape tape = new();
        Variable[] x = [tape.Watch(Number(0.5)), tape.Watch(Number(-0.8))];
        Variable a = x[0] * x[1], b = Op.Exp(a), c = Op.Log1p(b);
        LinearizedGraph graph = LinearizedGraph.From([Op.Sqrt(c), Op.Square(c)], x);

        Assert.Equal(8, graph.Eliminate(EliminationOrder.Forward).Multiplications);
        Assert.Equal(8, graph.Eliminate(EliminationOrder.Reverse).Multiplications);
        Assert.Equal(7, graph.Eliminate(EliminationOrder.Markowitz).Multiplications);
        Assert.Equal([new EliminationStep(3, 1, 1), new(2, 2, 1), new(4, 2, 2)], graph.Eliminate(EliminationOrder.Markowitz).Steps);
        Assert.Equal([new EliminationStep(2, 2, 1), new(3, 2, 1), new(4, 2, 2)], graph.Eliminate(EliminationOrder.Forward).Steps);
        Assert.Equal([new EliminationStep(4, 1, 2), new(3, 1, 2), new(2, 2, 2)], graph.Eliminate(EliminationOrder.Reverse).Steps);

        // No order of the six needs fewer.
        Assert.Equal(7, Permutations([2, 3, 4]).Min(order => graph.Eliminate(order).Multiplications));
    }

    // y = x0·x1·x2·x3 from the left: v = x0·x1, w = v·x2, y = w·x3.
    //   reverse  w: 2·1 = 2 (v, x2 to y),  v: 2·1 = 2 (x0, x1 to y)           4
    //   forward  v: 2·1 = 2 (x0, x1 to w),  w: 3·1 = 3 (x0, x1, x2 to y)      5
    // To Markowitz the first steps cost the same, 2, and v is older: 5. Greedy is not always best.
    // At (2, 3, 5, 7) the gradient is 105, 70, 42, 30.
    [Fact]
    public void Reverse_mode_is_best_for_many_inputs()
    {
        using Tape tape = new();
        Variable[] x = [.. new[] { 2.0, 3, 5, 7 }.Select(value => tape.Watch(Number(value)))];
        LinearizedGraph graph = LinearizedGraph.From([x[0] * x[1] * x[2] * x[3]], x);

        Assert.Equal((5, 4, 5), Multiplications(graph));
        Assert.Equal([105.0, 70, 42, 30], graph.Eliminate(EliminationOrder.Reverse).Jacobian.ToDoubles());
    }

    // One input, outputs on the way: u = eˣ, v = u², w = v²; y0 = √u, y1 = √v, y2 = √w.
    //   forward  u: 1·2 (v, y0),  v: 1·2 (w, y1),  w: 1·1 (y2)                          5
    //   reverse  w: 1·1 (v to y2),  v: 1·2 (u to y1, y2),  u: 1·3 (x to all)            6
    [Fact]
    public void Forward_mode_is_best_for_many_outputs()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Number(0.5)), u = Op.Exp(x), v = Op.Square(u), w = Op.Square(v);
        LinearizedGraph graph = LinearizedGraph.From([Op.Sqrt(u), Op.Sqrt(v), Op.Sqrt(w)], [x]);

        Assert.Equal((5, 6, 5), Multiplications(graph));
    }

    [Fact]
    public void Every_order_gives_the_tapes_Jacobian()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            using Tape tape = new();
            Rng rng = new((ulong)seed);
            Variable[] xs = [.. Enumerable.Range(0, 1 + rng.Next(4)).Select(_ => tape.Watch(Catalogue.Sample([], Domain.Any, rng)))];
            Variable[] ys = ScalarProgram(xs, rng);
            LinearizedGraph graph = LinearizedGraph.From(ys, xs);
            Tensor expected = Tensor.From([.. ys.SelectMany(y => tape.Gradient(y, xs).Select(gradient => gradient.Value.ToScalar()))], [ys.Length, xs.Length]);

            foreach (Elimination elimination in Orders(graph, rng)) Near(expected, elimination.Jacobian, $"seed {seed}");
        }
    }

    [Fact]
    public void Every_order_gives_the_Jacobian_of_tensors_too()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            using Tape tape = new();
            Rng rng = new((ulong)seed);
            Variable x = tape.Watch(Catalogue.Sample([2, 2], Domain.Any, rng)), b = tape.Watch(Catalogue.Sample([2], Domain.Any, rng));
            Variable y = Op.Softmax(Op.MatMul(x, Op.Tanh(x + b)) * b);
            Tensor[] expected = Derivatives.Jacobian(at => Op.Softmax(Op.MatMul(at[0], Op.Tanh(at[0] + at[1])) * at[1]), [x.Value, b.Value]);

            foreach (Elimination elimination in Orders(LinearizedGraph.From([y], [x, b]), rng))
            {
                Tensor whole = elimination.Jacobian;
                for (int row = 0; row < 4; row++)
                {
                    double[] line = whole.Rows(row, 1).ToDoubles();
                    Near(expected[0].Reshape(4, 4).Rows(row, 1).Reshape(4), Tensor.From(line[..4]), $"seed {seed}");
                    Near(expected[1].Reshape(4, 2).Rows(row, 1).Reshape(2), Tensor.From(line[4..]), $"seed {seed}");
                }
            }
        }
    }

    // G6 of batchnorm.md: the first row of the Jacobian of batch normalization of [1, 2, 3, 4], ε = 1e-3.
    [Fact]
    public void Batch_normalization_by_elimination_matches_G6()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3, 4])), centred = x - Op.Mean(x);
        LinearizedGraph graph = LinearizedGraph.From(centred / Op.Sqrt(Op.Mean(Op.Square(centred)) + 1e-3), x);

        foreach (EliminationOrder order in Enum.GetValues<EliminationOrder>())
        {
            Expect.Near([.268542498, -.357520651, -.089514166, .178492319], graph.Eliminate(order).Jacobian.Rows(0, 1));
        }
    }

    // What is left after some vertices are gone is a graph of paths through these: a vertex's predecessors are the ones left that reach it through what is gone.
    [Fact]
    public void The_counts_are_those_of_paths_through_what_was_eliminated()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            using Tape tape = new();
            Rng rng = new((ulong)seed);
            Variable[] xs = [.. Enumerable.Range(0, 3).Select(_ => tape.Watch(Catalogue.Sample([], Domain.Any, rng)))];
            LinearizedGraph graph = LinearizedGraph.From(ScalarProgram(xs, rng), xs);
            ILookup<int, int> next = graph.Edges.ToLookup(edge => edge.From, edge => edge.To), before = graph.Edges.ToLookup(edge => edge.To, edge => edge.From);

            foreach (Elimination elimination in Orders(graph, rng))
            {
                HashSet<int> gone = [];
                foreach (EliminationStep step in elimination.Steps)
                {
                    Assert.Equal((Reached(step.Vertex, before, gone), Reached(step.Vertex, next, gone)), (step.Predecessors, step.Successors));
                    gone.Add(step.Vertex);
                }
            }
        }
    }

    [Fact]
    public void Markowitz_takes_the_cheapest_vertex_at_every_step()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            using Tape tape = new();
            Rng rng = new((ulong)seed);
            Variable[] xs = [.. Enumerable.Range(0, 3).Select(_ => tape.Watch(Catalogue.Sample([], Domain.Any, rng)))];
            LinearizedGraph graph = LinearizedGraph.From(ScalarProgram(xs, rng), xs);
            int[] order = [.. graph.Eliminate(EliminationOrder.Markowitz).Steps.Select(step => step.Vertex)];

            // Any other vertex in the place of the i-th would have cost as much or more then; as much only if it is younger.
            for (int i = 0; i < order.Length; i++)
            {
                EliminationStep taken = graph.Eliminate(order).Steps[i];
                for (int j = i + 1; j < order.Length; j++)
                {
                    int[] other = [.. order[..i], order[j], .. order[i..j], .. order[(j + 1)..]];
                    EliminationStep instead = graph.Eliminate(other).Steps[i];
                    Assert.True((taken.Multiplications, taken.Vertex).CompareTo((instead.Multiplications, instead.Vertex)) < 0, $"seed {seed}, step {i}: {taken} before {instead}");
                }
            }
        }
    }

    [Fact]
    public void An_order_names_every_intermediate_vertex_once()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Number(2));
        LinearizedGraph graph = LinearizedGraph.From(Op.Exp(Op.Square(Op.Exp(x))), x);

        Assert.Throws<ArgumentException>(() => graph.Eliminate([1]));
        Assert.Throws<ArgumentException>(() => graph.Eliminate([1, 1]));
        Assert.Throws<ArgumentException>(() => graph.Eliminate([0, 1]));
        Assert.Equal(2, graph.Eliminate([2, 1]).Multiplications);
    }

    /// <summary>Ten operations on numbers, kept small; the outputs are the last two, of which one may depend on the other, and one from the middle.</summary>
    private static Variable[] ScalarProgram(Variable[] xs, Rng rng)
    {
        List<Variable> values = [.. xs];
        for (int step = 0; step < 10; step++)
        {
            Variable a = values[rng.Next(values.Count)], b = values[rng.Next(values.Count)];
            values.Add(rng.Next(7) switch
            {
                0 => Op.Tanh(a),
                1 => Op.Exp(Op.Tanh(a)),
                2 => Op.Relu(a),
                3 => a + b,
                4 => a - b,
                5 => Op.Tanh(a) / (1.5 + Op.Sigmoid(b)),
                _ => a * Op.Sigmoid(b),
            });
        }

        return [values[^1], values[^2], values[xs.Length + 4]];
    }

    private static IEnumerable<Elimination> Orders(LinearizedGraph graph, Rng rng)
    {
        foreach (EliminationOrder order in Enum.GetValues<EliminationOrder>()) yield return graph.Eliminate(order);
        int[] intermediates = [.. graph.Vertices.Where(vertex => vertex.Kind == VertexKind.Intermediate).Select(vertex => vertex.Index)];
        for (int i = 0; i < 3; i++) yield return graph.Eliminate([.. rng.Permutation(intermediates.Length).Select(position => intermediates[position])]);
    }

    /// <summary>How many vertices that are left are reached from one by way of vertices that are gone.</summary>
    private static int Reached(int vertex, ILookup<int, int> next, HashSet<int> gone)
    {
        HashSet<int> seen = [];
        Stack<int> toVisit = new(next[vertex]);
        while (toVisit.TryPop(out int at))
        {
            if (!seen.Add(at) || !gone.Contains(at)) continue;
            foreach (int further in next[at]) toVisit.Push(further);
        }

        return seen.Count(reached => !gone.Contains(reached));
    }

    private static IEnumerable<int[]> Permutations(int[] items) => items.Length <= 1
        ? [items]
        : items.SelectMany(item => Permutations([.. items.Where(other => other != item)]).Select(rest => (int[])[item, .. rest]));

    private static (long Forward, long Reverse, long Markowitz) Multiplications(LinearizedGraph graph) =>
        (graph.Eliminate(EliminationOrder.Forward).Multiplications, graph.Eliminate(EliminationOrder.Reverse).Multiplications, graph.Eliminate(EliminationOrder.Markowitz).Multiplications);

    private static void Near(Tensor expected, Tensor actual, string what)
    {
        (double[] wanted, double[] given) = (expected.ToDoubles(), actual.ToDoubles());
        double bound = 1e-12 * Math.Max(1, wanted.Max(Math.Abs));
        Assert.Equal(expected.Shape, actual.Shape);
        for (int i = 0; i < wanted.Length; i++) Assert.True(Math.Abs(wanted[i] - given[i]) <= bound, $"{what}: expected {wanted[i]:R}, got {given[i]:R}");
    }

    private static Tensor Number(double value) => Tensor.Scalar(value, DType.F64);
}
