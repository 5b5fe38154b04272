using System.Globalization;

namespace Tapestry.Tensors;

/// <summary>
/// The positions of an axis that a slice takes, by NumPy's rule for start:stop:step; what lies outside the axis is left out. A C# range converts to one: <c>1..^1</c>.
/// </summary>
/// <param name="start">The first position, counted from the end where negative; null begins at the first element, or at the last where the step is negative.</param>
/// <param name="stop">The position before which it ends, counted from the end where negative; null goes on to the end of the axis, or to its beginning where the step is negative.</param>
/// <param name="step">The distance between positions: -1 goes backward; 1 unless told otherwise.</param>
/// <exception cref="ArgumentException">The step is 0.</exception>
public sealed class AxisRange(int? start = null, int? stop = null, int step = 1)
{
    /// <summary>The whole axis.</summary>
    public static AxisRange All { get; } = new();

    /// <summary>The whole axis from its last element to its first.</summary>
    public static AxisRange Reversed { get; } = new(step: -1);

    /// <summary>The first position, as it was given.</summary>
    public int? Start { get; } = start;

    /// <summary>The position before which it ends, as it was given.</summary>
    public int? Stop { get; } = stop;

    /// <summary>The distance between positions, never 0.</summary>
    public int Step { get; } = step != 0 ? step : throw new ArgumentException("AxisRange: expected a step other than 0, got 0.", nameof(step));

    /// <summary>A C# range with step 1. Unlike a range of an array it may reach outside, which takes what is there.</summary>
    public static implicit operator AxisRange(Range range) => new(
        range.Start.Equals(Index.Start) ? null : range.Start.Equals(Index.End) ? int.MaxValue : Signed(range.Start),
        range.End.Equals(Index.End) ? null : Signed(range.End));

    /// <summary>A C# range with step 1.</summary>
    public static AxisRange FromRange(Range range) => range;

    /// <summary>The first position on an axis of that size, and how many there are; (0, 0) where there is none.</summary>
    public (int Start, int Count) Resolve(int size)
    {
        // Where an empty walk stands: before the first element that a step could reach, or behind the last.
        (int lowest, int highest) = Step > 0 ? (0, size) : (-1, size - 1);
        int first = Start is { } from ? Math.Clamp(from < 0 ? from + size : from, lowest, highest) : Step > 0 ? lowest : highest;
        int end = Stop is { } to ? Math.Clamp(to < 0 ? to + size : to, lowest, highest) : Step > 0 ? highest : lowest;

        // In 64 bits, since no int is the opposite of the smallest one.
        long distance = Step > 0 ? (long)end - first : (long)first - end;
        int count = distance <= 0 ? 0 : (int)(((distance - 1) / Math.Abs((long)Step)) + 1);
        return count == 0 ? (0, 0) : (first, count);
    }

    /// <summary><c>1:5</c>, <c>::-1</c></summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Start}:{Stop}") + (Step == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $":{Step}"));

    private static int Signed(Index index) => index.IsFromEnd ? -index.Value : index.Value;
}
