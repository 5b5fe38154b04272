namespace Tapestry.Samples.AutodiffFromScratch;

/// <summary>A tape of plain numbers: which lines each line was computed from, and its derivative with respect to each of them.</summary>
internal sealed class ScalarTape
{
    // listing: scalar-tape
    private readonly List<(int Parent, double Slope)[]> lines = [];

    public Number Watch(double value) => Record(value);

    public Number Record(double value, params (int Parent, double Slope)[] parents)
    {
        lines.Add(parents);
        return new Number(this, lines.Count - 1, value);
    }
    // end

    // listing: scalar-gradient
    public double[] Gradient(Number y)
    {
        double[] adjoints = new double[lines.Count];
        adjoints[y.Line] = 1;
        for (int line = y.Line; line >= 0; line--)
        {
            foreach ((int parent, double slope) in lines[line]) adjoints[parent] += adjoints[line] * slope;
        }

        return adjoints;
    }
    // end

    /// <summary>What a line was computed from.</summary>
    public IReadOnlyList<(int Parent, double Slope)> Parents(int line) => lines[line];
}
