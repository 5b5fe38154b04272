using System.Globalization;
using System.Text;

namespace Tapestry.Autodiff.Inspection;

/// <summary>
/// Writes a view as a table for a terminal: a line for each variable, in the order of the tape, under the names of the layers; below, the formulas, and what is kept for
/// derivatives. Of a large tensor the mean and the deviation stand for the elements.
/// </summary>
public static class TapeText
{
    /// <summary>The lines, each with a line feed.</summary>
    public static string Write(TapeView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        string[] heads = ["node", "computed by", "type", "value", .. view.HasAdjoints ? ["adjoint"] : Array.Empty<string>(), "keeps", "bytes"];
        string[][] rows = [heads, .. view.Nodes.Select(node => Row(view, node))];
        int[] widths = [.. heads.Select((_, column) => rows.Max(row => Width(row[column])))];

        StringBuilder text = new();
        text.Append(view.Title).Append("\n\n");
        Append(text, rows[0], widths);
        string section = "";
        foreach (TapeNode node in view.Nodes)
        {
            if (Section(node) != section)
            {
                section = Section(node);
                text.Append('\n');
                if (section.Length > 0) text.Append(section).Append('\n');
            }

            Append(text, rows[node.Id + 1], widths);
        }

        text.Append('\n');
        TapeNode[] formulas = [.. view.Nodes.Where(node => node.Formula is not null).DistinctBy(node => (node.Operation, node.Formula)).OrderBy(node => node.Operation, StringComparer.Ordinal)];
        int width = formulas.Select(node => node.Operation!.Length).DefaultIfEmpty().Max();
        foreach (TapeNode node in formulas) text.Append(node.Operation!.PadRight(width)).Append("  ").Append(node.Formula).Append('\n');
        if (formulas.Length > 0) text.Append('\n');
        if (view.Output is { } output) text.Append(CultureInfo.InvariantCulture, $"output: {view.Nodes[output].Name} = {NodeText.Value(view.Nodes[output].Value)}\n");
        text.Append(CultureInfo.InvariantCulture, $"{NodeText.Plural(view.Nodes.Count(node => node.Entry is not null), "entry")}; {NodeText.Kept(view.Saved)}\n");
        return text.ToString();
    }

    private static string[] Row(TapeView view, TapeNode node)
    {
        string by = node.Kind switch
        {
            TapeNodeKind.Watched => "watched",
            TapeNodeKind.Constant => "constant",
            _ => $"{node.Operation}({string.Join(", ", node.Inputs.Select(input => NodeText.LocalName(view.Nodes[input])))})",
        };
        string adjoint = node.Adjoint is null ? "" : NodeText.Value(node.Adjoint) + (node.AdjointNode is { } at && view.Nodes[at].Entry is not null ? $" ({view.Nodes[at].Name})" : "");
        return
        [
            NodeText.LocalName(node),
            by,
            NodeText.Type(node),
            NodeText.Value(node.Value),
            .. view.HasAdjoints ? [adjoint] : Array.Empty<string>(),
            string.Join(", ", NodeText.KeptIds(node).Select(id => NodeText.LocalName(view.Nodes[id])).Distinct()),
            node.SavedBytes == 0 ? "" : node.SavedBytes.ToString("N0", CultureInfo.InvariantCulture),
        ];
    }

    /// <summary>The heading that a node stands under; empty outside of layers.</summary>
    private static string Section(TapeNode node) => node.DerivativeOf is null ? node.Scope ?? "" : $"reverse pass{(node.Scope is null ? "" : $" of {node.Scope}")}";

    /// <summary>Two blanks between columns; the bytes, which are the last, are aligned to the right.</summary>
    private static void Append(StringBuilder text, string[] row, int[] widths)
    {
        StringBuilder line = new();
        for (int column = 0; column < row.Length; column++)
        {
            string blanks = new(' ', widths[column] - Width(row[column]));
            line.Append(column == 0 ? "" : "  ").Append(column == row.Length - 1 ? blanks + row[column] : row[column] + blanks);
        }

        text.Append(line.ToString().TrimEnd()).Append('\n');
    }

    /// <summary>How wide a text is drawn: a mark above or below a letter takes no room of its own.</summary>
    private static int Width(string text) => text.Count(character => CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.NonSpacingMark);
}
