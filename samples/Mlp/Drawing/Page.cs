using Spectre.Console;
using Spectre.Console.Rendering;

namespace Tapestry.Samples.Mlp.Drawing;

/// <summary>Text with colours where a person looks at it, and the same text in plain lines where not.</summary>
internal sealed class Page(Terminal terminal)
{
    private const int Width = 80;

    /// <summary>A line, of parts that each have a style of their own.</summary>
    public void Line(params IEnumerable<(string Text, Style? Style)> parts)
    {
        if (!terminal.IsOutputLive)
        {
            terminal.Result(string.Concat(parts.Select(part => part.Text)).TrimEnd());
            return;
        }

        Paragraph line = new();
        foreach ((string text, Style? style) in parts) line.Append(text, style);
        terminal.Drawn.Write(line);
        terminal.Drawn.WriteLine();
    }

    /// <summary>A line of one style.</summary>
    public void Line(string text, Style? style = null) => Line((text, style));

    /// <summary>A heading, with a blank line before it.</summary>
    public void Heading(string text)
    {
        Line("");
        Line(text, new Style(decoration: Decoration.Bold));
    }

    /// <summary>Sentences, broken into lines between words, two blanks before each.</summary>
    public void Sentences(string text, Style? style = null)
    {
        string line = " ";
        foreach (string word in text.Split(' '))
        {
            if (line.Length + 1 + word.Length > Width)
            {
                Line(line, style);
                line = " ";
            }

            line += $" {word}";
        }

        Line(line, style);
    }

    /// <summary>Aligned columns, the heading's row first.</summary>
    /// <param name="rows">The cells.</param>
    /// <param name="left">How many columns are aligned to the left.</param>
    public void Table(IReadOnlyList<IReadOnlyList<(string Text, Style? Style)>> rows, int left)
    {
        string[][] padded = [.. Explain.Columns.Padded([.. rows.Select(row => row.Select(cell => cell.Text).ToArray())], left)];
        for (int i = 0; i < rows.Count; i++) Line(padded[i].Select((text, column) => (text, i == 0 ? new Style(Color.Grey) : rows[i][column].Style)));
    }

    /// <summary>A drawing, which is for people alone.</summary>
    public void Draw(IRenderable drawing) => terminal.Drawn.Write(drawing);

    /// <summary>Whether a person looks at it.</summary>
    public bool IsLive => terminal.IsOutputLive;
}
