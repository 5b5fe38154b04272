using System.Globalization;

namespace Tapestry.Samples.Mlp.Compare.Report;

/// <summary>One direction of a chart: values from low to high go to places from start to end.</summary>
/// <param name="Low">The value at the start.</param>
/// <param name="High">The value at the end, above the low one.</param>
/// <param name="Start">The place of the low value.</param>
/// <param name="End">The place of the high value.</param>
internal sealed record Axis(double Low, double High, double Start, double End)
{
    private static readonly double[] Steps = [1, 2, 5, 10];

    /// <summary>An axis that some values fit on; from 0 to 1 where none is finite.</summary>
    public static Axis Over(IEnumerable<double> values, double start, double end)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        (double low, double high) = finite.Length == 0 ? (0, 1) : (finite.Min(), finite.Max());
        if (high == low) high = low + Math.Max(Math.Abs(low), 1);
        return new Axis(low, high, start, end);
    }

    /// <summary>Where a value goes.</summary>
    public double Place(double value) => Start + ((value - Low) / (High - Low) * (End - Start));

    /// <summary>Round values to write beside it: multiples of 1, 2 or 5 times a power of ten, some five of them.</summary>
    /// <param name="smallest">The smallest distance of two: 1 for what is counted.</param>
    public IReadOnlyList<(double Place, string Text)> Ticks(double smallest = 0)
    {
        double rough = (High - Low) / 5, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = Math.Max(power * Steps.First(step => power * step >= rough * (1 - 1e-9)), smallest);
        List<(double, string)> ticks = [];
        for (double i = Math.Ceiling((Low / step) - 1e-9); i * step <= High + (step * 1e-9); i++) ticks.Add((Place(i * step), Text(i * step)));
        return ticks;
    }

    // 0.30000000000000004 is 0.3, and -0 is 0.
    private static string Text(double value) => (value + 0.0).ToString(Math.Abs(value) is >= 1e6 or (> 0 and < 1e-4) ? "0.##e+0" : "G6", CultureInfo.InvariantCulture);
}
