using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Tapestry.Samples.Mlp.Drawing;

/// <summary>A point on a map.</summary>
/// <param name="X">How far to the right.</param>
/// <param name="Y">How far up.</param>
/// <param name="Mark">The character that stands for it.</param>
/// <param name="Color">Its colour, where there are colours.</param>
internal readonly record struct MapPoint(double X, double Y, char Mark, Color Color);

/// <summary>Points of the plane in a terminal, a character each; where two fall on one, the later is seen. Both axes reach from the smallest to the largest number.</summary>
/// <param name="title">What stands above it.</param>
/// <param name="points">The points, one or more; those with a coordinate that is NaN or infinite are left out.</param>
internal sealed class PointMap(string title, IReadOnlyList<MapPoint> points) : IRenderable
{
    private const int Columns = 50;
    private const int Rows = 20;
    private const int LabelWidth = 8;

    private static readonly Color[] Colors = [Color.Blue, Color.Orange1, Color.Green, Color.Fuchsia, Color.Aqua, Color.Yellow, Color.Red, Color.White, Color.Purple, Color.Grey];

    /// <summary>A point that is marked by its class.</summary>
    public static MapPoint OfClass(double x, double y, int label) => new(x, y, (char)('0' + (label % 10)), Colors[label % Colors.Length]);

    /// <inheritdoc/>
    public Measurement Measure(RenderOptions options, int maxWidth) => new(LabelWidth + 2 + Columns, LabelWidth + 2 + Columns);

    /// <inheritdoc/>
    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        MapPoint[] finite = [.. points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y))];
        (double left, double right) = Range(finite.Select(point => point.X));
        (double bottom, double top) = Range(finite.Select(point => point.Y));
        MapPoint?[,] cells = new MapPoint?[Rows, Columns];
        foreach (MapPoint point in finite) cells[Cell(top - point.Y, top - bottom, Rows), Cell(point.X - left, right - left, Columns)] = point;

        yield return new Segment(title);
        yield return Segment.LineBreak;
        for (int row = 0; row < Rows; row++)
        {
            string label = row == 0 ? Text(top) : row == Rows - 1 ? Text(bottom) : "";
            yield return new Segment(label.PadLeft(LabelWidth) + " │");
            for (int column = 0; column < Columns; column++)
            {
                yield return cells[row, column] is { } point ? new Segment(point.Mark.ToString(), new Style(point.Color)) : new Segment(" ");
            }

            yield return Segment.LineBreak;
        }

        yield return new Segment(new string(' ', LabelWidth + 1) + "└" + new string('─', Columns));
        yield return Segment.LineBreak;
        yield return new Segment(new string(' ', LabelWidth + 2) + Text(left) + Text(right).PadLeft(Columns - Text(left).Length));
        yield return Segment.LineBreak;
    }

    private static (double Low, double High) Range(IEnumerable<double> values)
    {
        (double low, double high) = (values.DefaultIfEmpty(0).Min(), values.DefaultIfEmpty(0).Max());
        return high > low ? (low, high) : (low - 1, low + 1);
    }

    private static int Cell(double distance, double of, int count) => (int)Math.Round(distance / of * (count - 1));

    private static string Text(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
