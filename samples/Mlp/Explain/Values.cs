using System.Globalization;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Explain;

/// <summary>The values of the options, read invariantly; what cannot be read is refused in one line.</summary>
internal static class Values
{
    private const double LargestInput = 1e100;

    private static readonly string[] RenormKeys = ["rmax", "rmin", "dmax"];

    public static string OneOf(string option, string text, params IReadOnlyList<string> names) =>
        names.Contains(text) ? text : throw new UsageException($"{option}: expected {string.Join(", ", names)}, got '{text}'.{Suggestion.For(text, names)}");

    public static bool Boolean(string option, string text) => OneOf(option, text, "true", "false") == "true";

    public static int Whole(string option, string text, int smallest) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= smallest
            ? value
            : throw new UsageException($"{option}: expected a whole number of {smallest} or more, got '{text}'.");

    public static double Finite(string option, string text) => Numbers.RealOf(text, option, "a finite number", double.IsFinite);

    /// <summary>A number of the input, whose square, and the sum of many, is finite too.</summary>
    private static double Input(string option, string text) => Numbers.RealOf(text, option, "a number from -1e100 to 1e100", value => Math.Abs(value) <= LargestInput);

    /// <summary>One axis or several: -1, or 1,2.</summary>
    public static Axes AxisList(string option, string text)
    {
        int[] axes = [.. text.Split(',').Select(part => int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int axis) && axis is >= -8 and < 8
            ? axis
            : throw new UsageException($"{option}: expected axes from -8 to 7 separated by commas, such as -1 or 1,2, got '{text}'."))];
        return axes.Distinct().Count() == axes.Length ? Axes.Of(axes) : throw new UsageException($"{option}: expected each axis once, got '{text}'.");
    }

    /// <summary>Bounds, each of which may be left out: rmax=X,rmin=X,dmax=X.</summary>
    public static Renorm RenormBounds(string option, string text)
    {
        Dictionary<string, double> bounds = [];
        foreach (string pair in text.Length == 0 ? [] : text.Split(','))
        {
            string[] sides = pair.Split('=', 2);
            if (!RenormKeys.Contains(sides[0])) throw new UsageException($"{option}: expected keys {string.Join(", ", RenormKeys)}, got '{pair}'.{Suggestion.For(sides[0], RenormKeys)}");
            if (sides.Length != 2) throw new UsageException($"{option}: expected {sides[0]}=X, got '{pair}' without a value.");
            double value = Numbers.RealOf(sides[1], $"{option} {sides[0]}", "a number of 0 or more", number => number >= 0);
            if (!bounds.TryAdd(sides[0], value)) throw new UsageException($"{option}: expected each key once, got '{sides[0]}' twice.");
        }

        double Bound(string key, double otherwise) => bounds.TryGetValue(key, out double value) ? value : otherwise;
        double rmax = Bound("rmax", double.PositiveInfinity), rmin = Bound("rmin", 0);
        return rmin <= rmax
            ? new Renorm { MaxR = rmax, MinR = rmin, MaxD = Bound("dmax", double.PositiveInfinity) }
            : throw new UsageException($"{option}: expected rmin to be at most rmax, got '{text}'.");
    }

    public static (double Scale, double Bias) Adjustment(string option, string text) => text.Split(',') is [string scale, string bias]
        ? (Finite(option, scale), Finite(option, bias))
        : throw new UsageException($"{option}: expected SCALE,BIAS, such as 1.05,0.1, got '{text}'.");

    /// <summary>A column 1,2,3,4, or rows 1,10;2,20; a semicolon may stand at the end, so that one row can be told from a column.</summary>
    public static double[][] Rows(string option, string text)
    {
        double[][] rows = text.Contains(';', StringComparison.Ordinal)
            ? [.. (text.EndsWith(';') ? text[..^1] : text).Split(';').Select(row => row.Split(',').Select(number => Input(option, number)).ToArray())]
            : [.. text.Split(',').Select(number => new[] { Input(option, number) })];
        double[]? other = Array.Find(rows, row => row.Length != rows[0].Length);
        return other is null
            ? rows
            : throw new UsageException($"{option}: expected rows of one length, got rows of {rows[0].Length} and of {other.Length} in '{text}'.");
    }

    /// <summary>One number for each element of the output, row by row.</summary>
    public static double[] Upstream(string option, string text, int elements)
    {
        double[] values = [.. text.TrimEnd(';').Split(',', ';').Select(number => Finite(option, number))];
        return values.Length == elements
            ? values
            : throw new UsageException($"{option}: expected {elements} numbers, one for each element of the output, got {values.Length} in '{text}'.");
    }
}
