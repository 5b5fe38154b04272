namespace Tapestry.Samples.AutodiffFromScratch;

/// <summary>a = 1; b = a + a; c = b + b: dc/da is 4, but only where b's adjoint is complete before it is handed on.</summary>
internal static class TopologicalOrder
{
    public static void Run()
    {
        // listing: topological-order
        ScalarTape tape = new();
        Number a = tape.Watch(1);
        Number b = a + a;
        Number c = b + b;
        Print.Line($"from the last line to the first: {tape.Gradient(c)[a.Line]}");

        double[] adjoints = [0, 0, 1];
        DepthFirst(tape, c.Line, adjoints, []);
        Print.Line($"depth first, each line once:     {adjoints[a.Line]}");
        Print.Line($"each contribution on its own:    {Paths(tape, c.Line, a.Line, adjoint: 1)}");
        // end
    }

    // listing: depth-first
    private static void DepthFirst(ScalarTape tape, int line, double[] adjoints, HashSet<int> visited)
    {
        if (!visited.Add(line)) return;
        foreach ((int parent, double slope) in tape.Parents(line))
        {
            adjoints[parent] += adjoints[line] * slope;
            DepthFirst(tape, parent, adjoints, visited);
        }
    }
    // end

    // listing: paths
    private static double Paths(ScalarTape tape, int from, int to, double adjoint) =>
        from == to ? adjoint : tape.Parents(from).Sum(parent => Paths(tape, parent.Parent, to, adjoint * parent.Slope));
    // end

    public static void EveryOrder()
    {
        // listing: every-order
        const int A = 0, B = 1, C = 2;
        (int From, int To)[] updates = [(C, B), (C, B), (B, A), (B, A)];
        int[] orders = new int[5];
        foreach (int[] order in Permutations([0, 1, 2, 3]))
        {
            int[] adjoints = [0, 0, 1];
            foreach (int k in order) adjoints[updates[k].To] += adjoints[updates[k].From];
            orders[adjoints[A]]++;
        }

        for (int result = 4; result >= 0; result--) Print.Line($"dc/da = {result} in {orders[result]} orders");
        // end
    }

    private static IEnumerable<int[]> Permutations(int[] of) => of.Length == 0
        ? [[]]
        : of.SelectMany(first => Permutations([.. of.Where(other => other != first)]).Select(rest => (int[])[first, .. rest]));
}
