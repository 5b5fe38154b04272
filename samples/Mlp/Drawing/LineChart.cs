using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Tapestry.Samples.Mlp.Drawing;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Values">A value for each epoch; those that are no numbers are left out.</param>
/// <param name="Color">Its colour, where there are colours.</param>
internal sealed record Series(string Name, IReadOnlyList<double> Values, Color Color);

/// <summary>A line chart in braille: each character holds two dots by four, which the lines go through.</summary>
/// <param name="title">What stands above it.</param>
/// <param name="series">The lines, of equal lengths of two values or more.</param>
internal sealed class LineChart(string title, params IReadOnlyList<Series> series) : IRenderable
{
    private const int Columns = 50;
    private const int Rows = 8;
    private const int DotsAcross = 2 * Columns;
    private const int DotsDown = 4 * Rows;
    private const int LabelWidth = 8;

    // The bits of U+2800's dots, by row and column inside a character.
    private static readonly int[,] Bits = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    /// <inheritdoc/>
    public Measurement Measure(RenderOptions options, int maxWidth) => new(LabelWidth + 2 + Columns, LabelWidth + 2 + Columns);

    /// <inheritdoc/>
    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        double[] finite = [.. series.SelectMany(line => line.Values).Where(double.IsFinite)];
        (double low, double high) = finite.Length == 0 ? (0, 1) : (finite.Min(), finite.Max());
        if (high == low) high = low + 1;
        (int[,] dots, Color?[,] colors) = Plot(low, high);

        yield return new Segment(title + "  ");
        foreach (Series line in series) yield return new Segment($"── {line.Name}  ", new Style(line.Color));
        yield return Segment.LineBreak;
        for (int row = 0; row < Rows; row++)
        {
            string label = row == 0 ? Label(high) : row == Rows - 1 ? Label(low) : "";
            yield return new Segment(label.PadLeft(LabelWidth) + " │");
            for (int column = 0; column < Columns; column++)
            {
                yield return new Segment(((char)(0x2800 + dots[row, column])).ToString(), colors[row, column] is { } color ? new Style(color) : Style.Plain);
            }

            yield return Segment.LineBreak;
        }

        string last = series[0].Values.Count.ToString(CultureInfo.InvariantCulture);
        yield return new Segment(new string(' ', LabelWidth + 1) + "└" + new string('─', Columns));
        yield return Segment.LineBreak;
        yield return new Segment(new string(' ', LabelWidth + 2) + "1" + last.PadLeft(Columns - 1));
        yield return Segment.LineBreak;
    }

    private (int[,] Dots, Color?[,] Colors) Plot(double low, double high)
    {
        int[,] dots = new int[Rows, Columns];
        Color?[,] colors = new Color?[Rows, Columns];
        foreach (Series line in series)
        {
            for (int x = 0; x < DotsAcross; x++)
            {
                // Between two epochs the line is straight.
                double position = (double)x / (DotsAcross - 1) * (line.Values.Count - 1);
                int before = Math.Min((int)position, line.Values.Count - 2);
                double value = line.Values[before] + ((position - before) * (line.Values[before + 1] - line.Values[before]));
                if (!double.IsFinite(value)) continue;
                int y = (int)Math.Round((high - value) / (high - low) * (DotsDown - 1));
                dots[y / 4, x / 2] |= Bits[y % 4, x % 2];
                colors[y / 4, x / 2] = line.Color;
            }
        }

        return (dots, colors);
    }

    private static string Label(double value) => value.ToString(value is > -1000 and < 1000 ? "0.0000" : "0.0e+00", CultureInfo.InvariantCulture);
}
