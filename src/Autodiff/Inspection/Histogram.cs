namespace Tapestry.Autodiff.Inspection;

/// <summary>How many numbers fall between edges: <c>Counts[i]</c> from <c>Edges[i]</c> up to <c>Edges[i + 1]</c>, which itself belongs to the next class but at the end.</summary>
/// <param name="Edges">One more than there are classes, ascending.</param>
/// <param name="Counts">A count for each class.</param>
public sealed record Histogram(IReadOnlyList<double> Edges, IReadOnlyList<int> Counts)
{
    /// <summary>Counts finite numbers in classes of one width, from the smallest to the largest; in a single class where all are equal.</summary>
    /// <param name="values">The numbers, one or more.</param>
    /// <param name="classes">How many classes, 1 or more.</param>
    public static Histogram Of(ReadOnlySpan<double> values, int classes)
    {
        (double low, double high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (double value in values) (low, high) = (Math.Min(low, value), Math.Max(high, value));
        if (low == high) return new Histogram([low, high], [values.Length]);

        // A share of each end, since the distance between two finite numbers may be none.
        double[] edges = [.. Enumerable.Range(0, classes + 1).Select(i => (low * ((double)(classes - i) / classes)) + (high * ((double)i / classes)))];
        int[] counts = new int[classes];
        foreach (double value in values)
        {
            int position = Array.BinarySearch(edges, value);
            counts[Math.Clamp(position < 0 ? ~position - 1 : position, 0, classes - 1)]++;
        }

        return new Histogram(edges, counts);
    }
}
