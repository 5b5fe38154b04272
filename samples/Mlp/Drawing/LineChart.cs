using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Tapestry.Samples.Mlp.Drawing;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Values">A value for each epoch, or whatever the chart goes over; those that are no numbers are left out.</param>
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

    /// <summary>How a value is written beside the chart; with four decimals, or as a power of ten, unless told otherwise.</summary>
    public Func<double, string> Label { get; init; } = Decimals;

    /// <summary>What stands under the chart, each text below the value at its index; the first and the last number, from 1, unless told otherwise.</summary>
    public IReadOnlyList<(int Index, string Text)>? Ticks { get; init; }

    /// <summary>Arrows from below to the values at some indices, in the colour of their line, with a word to each.</summary>
    public IReadOnlyList<(int Index, string Text, Color Color)> Marks { get; init; } = [];

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

        yield return new Segment(new string(' ', LabelWidth + 1) + "└" + new string('─', Columns));
        yield return Segment.LineBreak;
        yield return new Segment(new string(' ', LabelWidth + 2) + Axis());
        yield return Segment.LineBreak;
        foreach ((int index, string text, Color color) in Marks)
        {
            int column = ColumnOf(index);
            string mark = column + 2 + text.Length <= Columns + LabelWidth ? $"{new string(' ', column)}▲ {text}" : $"{new string(' ', column - text.Length - 1)}{text} ▲";
            yield return new Segment(new string(' ', LabelWidth + 2) + mark, new Style(color));
            yield return Segment.LineBreak;
        }
    }

    /// <summary>The texts under the chart, each in the middle below its value as far as there is room.</summary>
    private string Axis()
    {
        int count = series[0].Values.Count;
        char[] axis = new string(' ', Columns).ToCharArray();
        foreach ((int index, string text) in Ticks ?? [(0, "1"), (count - 1, count.ToString(CultureInfo.InvariantCulture))])
        {
            int start = Math.Clamp(ColumnOf(index) - (text.Length / 2), 0, Columns - text.Length);
            text.CopyTo(axis.AsSpan(start));
        }

        return new string(axis);
    }

    private int ColumnOf(int index) => (int)Math.Round(index * (Columns - 1.0) / (series[0].Values.Count - 1));

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

    private static string Decimals(double value) => value.ToString(value is > -1000 and < 1000 ? "0.0000" : "0.0e+00", CultureInfo.InvariantCulture);
}
