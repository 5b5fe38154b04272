namespace Tapestry.Autodiff;

/// <summary>Makes a <see cref="LinearizedGraph"/> of what lies on a tape between variables.</summary>
internal sealed class GraphBuilder
{
    private readonly List<GraphVertex> vertices = [];
    private readonly Dictionary<(int From, int To), double> partials = [];

    /// <summary>The first vertex of a variable's elements.</summary>
    private readonly Dictionary<Variable, int> first = [];

    private GraphBuilder()
    {
    }

    public static LinearizedGraph Build(IReadOnlyList<Variable> ys, IReadOnlyList<Variable> xs)
    {
        Tape tape = Checked(ys, xs);
        GraphBuilder builder = new();
        foreach (Variable x in xs) builder.AddElements(x, VertexKind.Input);
        int last = ys.Max(y => y.Entry?.Index) ?? -1;
        for (int i = 0; i <= last; i++) builder.Add(tape.Entries[i], xs);
        foreach (Variable y in ys) builder.AddOutputs(y);
        return builder.Pruned();
    }

    /// <summary>The tape, once it is seen that a graph can be taken from it.</summary>
    private static Tape Checked(IReadOnlyList<Variable> ys, IReadOnlyList<Variable> xs)
    {
        ArgumentNullException.ThrowIfNull(ys);
        ArgumentNullException.ThrowIfNull(xs);
        if (ys.Count == 0 || xs.Count == 0) throw new ArgumentException($"LinearizedGraph: expected at least one y and one x, got {ys.Count} and {xs.Count}.");
        if (ys[0].Tape is not { } tape || ys.Concat(xs).Any(variable => variable.Tape != tape)) throw new ArgumentException("LinearizedGraph: expected variables of one tape, got one that lives elsewhere.");
        if (xs.Any(x => !x.IsTracked)) throw new ArgumentException("LinearizedGraph: expected watched or recorded variables to differentiate by, got a constant. Bring it in with tape.Watch instead of tape.Constant.", nameof(xs));
        if (xs.Distinct().Count() < xs.Count) throw new ArgumentException("LinearizedGraph: expected each x once, got one twice.", nameof(xs));

        HashSet<Variable> reached = [.. xs];
        int last = ys.Concat(xs).Max(variable => variable.Entry?.Index) ?? -1;
        for (int i = 0; i <= last; i++)
        {
            Entry entry = tape.Entries[i];
            if (!entry.Operands.Any(reached.Contains)) continue;
            if (!reached.Add(entry.Output)) throw new ArgumentException($"LinearizedGraph: expected variables that do not depend on each other to differentiate by, got one made by {entry} from another. Leave one of them out.", nameof(xs));
        }

        return tape;
    }

    /// <summary>Adds what an entry made, and what it depends on, if that leads back to an x.</summary>
    private void Add(Entry entry, IReadOnlyList<Variable> xs)
    {
        if (xs.Contains(entry.Output) || !entry.Operands.Any(first.ContainsKey)) return;
        AddElements(entry.Output, VertexKind.Intermediate);
        for (int k = 0; k < entry.Operands.Count; k++)
        {
            if (!first.TryGetValue(entry.Operands[k], out int from)) continue;
            (int to, int columns) = (first[entry.Output], entry.Operands[k].Shape.ElementCount);
            double[] local = entry.LocalJacobian(k).ToDoubles();
            // What becomes NaN with the adjoint depends on it, also where the partial is 0 just here: how much work an order is must not depend on the point.
            double[] dependence = entry.LocalJacobian(k, double.NaN).ToDoubles();
            for (int i = 0; i < local.Length; i++)
            {
                if (double.IsNaN(dependence[i])) AddEdge(from + (i % columns), to + (i / columns), local[i]);
            }
        }
    }

    /// <summary>Adds an output for each element of y, at one from the vertex that it is.</summary>
    private void AddOutputs(Variable y)
    {
        int count = vertices.Count;
        for (int element = 0; element < y.Shape.ElementCount; element++)
        {
            vertices.Add(new GraphVertex(vertices.Count, VertexKind.Output, y.Entry, element));
            if (first.TryGetValue(y, out int from)) AddEdge(from + element, count + element, 1);
        }
    }

    private void AddElements(Variable variable, VertexKind kind)
    {
        first[variable] = vertices.Count;
        for (int element = 0; element < variable.Shape.ElementCount; element++) vertices.Add(new GraphVertex(vertices.Count, kind, variable.Entry, element));
    }

    /// <summary>An operand that comes twice, as in x·x, is one dependence.</summary>
    private void AddEdge(int from, int to, double partial) => partials[(from, to)] = partials.GetValueOrDefault((from, to)) + partial;

    /// <summary>The graph without what lies on no path from an input to an output, and without outputs that only repeat a vertex which nothing else depends on.</summary>
    private LinearizedGraph Pruned()
    {
        GraphEdge[] edges = [.. partials.Select(pair => new GraphEdge(pair.Key.From, pair.Key.To, pair.Value)).OrderBy(edge => edge.To).ThenBy(edge => edge.From)];
        bool[] leadsFromInput = [.. vertices.Select(vertex => vertex.Kind == VertexKind.Input)];
        bool[] leadsToOutput = [.. vertices.Select(vertex => vertex.Kind == VertexKind.Output)];
        foreach (GraphEdge edge in edges) leadsFromInput[edge.To] |= leadsFromInput[edge.From];
        foreach (GraphEdge edge in edges.Reverse()) leadsToOutput[edge.From] |= leadsToOutput[edge.To];
        edges = [.. edges.Where(edge => leadsFromInput[edge.From] && leadsToOutput[edge.To])];

        int[] uses = new int[vertices.Count];
        foreach (GraphEdge edge in edges) uses[edge.From]++;
        int[] standsFor = [.. vertices.Select(vertex => vertex.Index)];
        foreach (GraphEdge edge in edges)
        {
            if (vertices[edge.To].Kind == VertexKind.Output && vertices[edge.From].Kind == VertexKind.Intermediate && uses[edge.From] == 1) standsFor[edge.From] = edge.To;
        }

        GraphVertex[] kept =
        [
            .. vertices.Where(vertex => vertex.Kind != VertexKind.Intermediate || (leadsFromInput[vertex.Index] && leadsToOutput[vertex.Index] && standsFor[vertex.Index] == vertex.Index)),
        ];
        int[] position = new int[vertices.Count];
        for (int i = 0; i < kept.Length; i++) position[kept[i].Index] = i;
        return new LinearizedGraph(
            [.. kept.Select((vertex, i) => vertex with { Index = i })],
            [
                .. edges.Where(edge => standsFor[edge.From] == edge.From)
                    .Select(edge => new GraphEdge(position[edge.From], position[standsFor[edge.To]], edge.Partial))
                    .OrderBy(edge => edge.To).ThenBy(edge => edge.From),
            ]);
    }
}
