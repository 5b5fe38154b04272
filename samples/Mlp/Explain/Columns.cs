using System.Globalization;

namespace Tapestry.Samples.Mlp.Explain;

/// <summary>Aligned columns of text.</summary>
internal static class Columns
{
    /// <summary>Lines with two blanks before each column, the first ones aligned to the left, the others to the right.</summary>
    /// <param name="rows">The cells, the heading's first.</param>
    /// <param name="left">How many columns are aligned to the left.</param>
    public static IEnumerable<string> Of(IReadOnlyList<IReadOnlyList<string>> rows, int left) => Padded(rows, left).Select(row => string.Concat(row).TrimEnd());

    /// <summary>The same, cell by cell.</summary>
    public static IEnumerable<string[]> Padded(IReadOnlyList<IReadOnlyList<string>> rows, int left)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Count).Select(column => rows.Max(row => Width(row[column])))];
        return rows.Select(row => row.Select((cell, column) =>
        {
            string blanks = new(' ', widths[column] - Width(cell));
            return column < left ? $"  {cell}{blanks}" : $"  {blanks}{cell}";
        }).ToArray());
    }

    /// <summary>Six decimals where they tell the number, else six digits and a power of ten.</summary>
    public static string Number(double value)
    {
        bool isPlain = value == 0 || !double.IsFinite(value) || Math.Abs(value) is >= 1e-4 and < 1e7;

        // Not -0.
        return (value == 0 ? 0 : value).ToString(isPlain ? "0.000000" : "0.00000e+00", CultureInfo.InvariantCulture);
    }

    /// <summary>Several numbers, as a list, or once where all are equal.</summary>
    public static string List(IReadOnlyList<double> values) =>
        values.Count > 1 && values.All(value => value == values[0]) ? $"{Number(values[0])} each" : string.Join(", ", values.Select(Number));

    /// <summary>A number as one would write it: 0.01, not 0.010000000000000009.</summary>
    public static string Short(double value) => double.IsInfinity(value) ? (value > 0 ? "∞" : "-∞") : (value == 0 ? 0 : value).ToString("G12", CultureInfo.InvariantCulture).Replace("E-0", "e-", StringComparison.Ordinal).Replace('E', 'e');

    /// <summary>How wide a text is drawn: the hat of x̂ takes no room of its own.</summary>
    private static int Width(string text) => text.Count(character => CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.NonSpacingMark);
}
