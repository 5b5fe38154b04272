using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>
/// A computation as numbers that depend on each other: a vertex for every element between inputs and outputs, and an edge with the partial derivative for every dependence. The
/// Jacobian's element for an output and an input is the sum, over all paths between them, of the products of the partials. Eliminating a vertex joins each edge into it with
/// each edge out of it; when only edges from inputs to outputs are left, they are the Jacobian. Any order gives the same numbers, and orders differ in how many multiplications
/// they need: forward and reverse mode are two of them, and neither need be the best. Griewank and Walther, "Evaluating Derivatives", 2nd edition, 2008, chapters 9 and 10.
/// </summary>
/// <remarks>For computations small enough to look at: it holds a vertex for each element. It outlives the tape.</remarks>
public sealed class LinearizedGraph
{
    private readonly int inputs;
    private readonly int outputs;

    internal LinearizedGraph(IReadOnlyList<GraphVertex> vertices, IReadOnlyList<GraphEdge> edges)
    {
        Vertices = vertices;
        Edges = edges;
        inputs = vertices.Count(vertex => vertex.Kind == VertexKind.Input);
        outputs = vertices.Count(vertex => vertex.Kind == VertexKind.Output);
    }

    /// <summary>The inputs in order, then the intermediate vertices that lie between inputs and outputs as they were computed, then the outputs in order.</summary>
    public IReadOnlyList<GraphVertex> Vertices { get; }

    /// <summary>The dependences, by the vertex that depends. A partial that happens to be 0 at the point is an edge too.</summary>
    public IReadOnlyList<GraphEdge> Edges { get; }

    /// <summary>Takes the graph between two variables from their tape.</summary>
    /// <inheritdoc cref="From(IReadOnlyList{Variable}, IReadOnlyList{Variable})"/>
    public static LinearizedGraph From(Variable y, Variable x) => From([y], [x]);

    /// <summary>Takes the graph between several variables from their tape.</summary>
    /// <param name="ys">What is differentiated: variables of one tape. One on which another depends counts as an output of its own, one multiplication away.</param>
    /// <param name="xs">What to differentiate by: watched variables, or any that were recorded, of which none depends on another.</param>
    /// <exception cref="ArgumentException">There are no variables, one lives elsewhere or is a constant, or an x depends on another.</exception>
    public static LinearizedGraph From(IReadOnlyList<Variable> ys, IReadOnlyList<Variable> xs) => GraphBuilder.Build(ys, xs);

    /// <summary>Accumulates the Jacobian in one of the named orders.</summary>
    public Elimination Eliminate(EliminationOrder order)
    {
        Partials partials = new(Vertices.Count, Edges);
        List<int> left = [.. Intermediates];
        if (order == EliminationOrder.Reverse) left.Reverse();
        List<EliminationStep> steps = [];
        while (left.Count > 0)
        {
            // MinBy gives the first of equals, and the list is in the order of computation.
            int next = order == EliminationOrder.Markowitz ? left.MinBy(vertex => partials.Step(vertex).Multiplications) : left[0];
            left.Remove(next);
            steps.Add(partials.Eliminate(next));
        }

        return new Elimination(Jacobian(partials), steps);
    }

    /// <summary>Accumulates the Jacobian in an order of one's own.</summary>
    /// <param name="order">Every intermediate vertex's index, once.</param>
    /// <exception cref="ArgumentException">It is another list.</exception>
    public Elimination Eliminate(IReadOnlyList<int> order)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (!order.Order().SequenceEqual(Intermediates)) throw new ArgumentException($"LinearizedGraph: expected each of the intermediate vertices {Listed(Intermediates)} once, got {Listed(order)}.", nameof(order));
        Partials partials = new(Vertices.Count, Edges);
        List<EliminationStep> steps = [.. order.Select(partials.Eliminate)];
        return new Elimination(Jacobian(partials), steps);
    }

    private IEnumerable<int> Intermediates => Enumerable.Range(inputs, Vertices.Count - inputs - outputs);

    private Tensor Jacobian(Partials partials)
    {
        double[] jacobian = new double[outputs * inputs];
        for (int row = 0; row < outputs; row++)
        {
            for (int column = 0; column < inputs; column++) jacobian[(row * inputs) + column] = partials[column, Vertices.Count - outputs + row];
        }

        return Tensor.From(jacobian, [outputs, inputs]);
    }

    private static string Listed(IEnumerable<int> vertices) => $"[{string.Join(", ", vertices.Select(vertex => vertex.ToString(CultureInfo.InvariantCulture)))}]";

    /// <summary>The edges while they change.</summary>
    private sealed class Partials
    {
        private readonly Dictionary<int, double>[] into;
        private readonly HashSet<int>[] outOf;

        public Partials(int vertices, IReadOnlyList<GraphEdge> edges)
        {
            into = [.. Enumerable.Range(0, vertices).Select(_ => new Dictionary<int, double>())];
            outOf = [.. Enumerable.Range(0, vertices).Select(_ => new HashSet<int>())];
            foreach (GraphEdge edge in edges) Add(edge.From, edge.To, edge.Partial);
        }

        public double this[int from, int to] => into[to].GetValueOrDefault(from);

        public EliminationStep Step(int vertex) => new(vertex, into[vertex].Count, outOf[vertex].Count);

        public EliminationStep Eliminate(int vertex)
        {
            EliminationStep step = Step(vertex);
            foreach (int to in outOf[vertex])
            {
                into[to].Remove(vertex, out double outer);
                foreach ((int from, double inner) in into[vertex]) Add(from, to, outer * inner);
            }

            foreach (int from in into[vertex].Keys) outOf[from].Remove(vertex);
            into[vertex].Clear();
            outOf[vertex].Clear();
            return step;
        }

        private void Add(int from, int to, double partial)
        {
            into[to][from] = into[to].GetValueOrDefault(from) + partial;
            outOf[from].Add(to);
        }
    }
}
