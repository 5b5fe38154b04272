using System.Globalization;
using System.Text;

namespace Tapestry.Autodiff.Inspection;

/// <summary>
/// Writes a view as a graph for Graphviz: <c>mlp tape ... --format dot | dot -Tsvg</c>. Layers are frames; leaves have round corners, green where gradients flow to them and
/// grey where not; what is kept for derivatives has a thick border, the output a double one; the formula is the tooltip.
/// </summary>
public static class TapeDot
{
    private const string Watched = "style=\"filled,rounded\", fillcolor=\"#dcfce7\", color=\"#15803d\"";
    private const string Constant = "style=\"filled,rounded\", fillcolor=\"#f1f5f9\", color=\"#94a3b8\"";
    private const string Operation = "fillcolor=\"#ffffff\", color=\"#334155\"";
    private const string Derivative = "fillcolor=\"#ffedd5\", color=\"#c2410c\"";

    /// <summary>The text of a <c>.dot</c> file.</summary>
    public static string Write(TapeView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        StringBuilder text = new();
        text.Append("digraph tape {\n");
        text.Append("  graph [rankdir=TB, ordering=in, ranksep=0.35, nodesep=0.25, fontname=\"Helvetica,Arial,sans-serif\", fontsize=13, fontcolor=\"#334155\", labelloc=t, label=<").Append(Html(view.Title)).Append(">];\n");
        text.Append("  node [shape=box, style=filled, fontname=\"Helvetica,Arial,sans-serif\", fontsize=11, margin=\"0.08,0.05\", height=0.2];\n");
        text.Append("  edge [color=\"#475569\", arrowsize=0.6];\n");
        HashSet<int> kept = [.. view.Nodes.SelectMany(NodeText.KeptIds)];
        int frames = 0;
        Append(text, view, Cluster.Of(view), kept, "  ", ref frames);
        foreach (TapeNode node in view.Nodes)
        {
            foreach (int input in node.Inputs)
            {
                text.Append(CultureInfo.InvariantCulture, $"  n{input} -> n{node.Id}{(view.Nodes[input].Kind == TapeNodeKind.Constant ? " [style=dashed, color=\"#94a3b8\"]" : "")};\n");
            }
        }

        return text.Append("}\n").ToString();
    }

    private static void Append(StringBuilder text, TapeView view, Cluster cluster, HashSet<int> kept, string indent, ref int frames)
    {
        foreach (TapeNode node in cluster.Nodes) text.Append(indent).Append(Node(view, node, kept.Contains(node.Id))).Append('\n');
        foreach (Cluster layer in cluster.Inner)
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}subgraph cluster_{frames++} {{\n");
            text.Append(CultureInfo.InvariantCulture, $"{indent}  label=<{Html(layer.Name)}>; labeljust=l; style=\"filled,rounded\"; color=\"#cbd5e1\"; fillcolor=\"#64748b12\"; fontsize=11; margin=10;\n");
            Append(text, view, layer, kept, indent + "  ", ref frames);
            text.Append(indent).Append("}\n");
        }
    }

    private static string Node(TapeView view, TapeNode node, bool isKept)
    {
        string style = node.Kind switch
        {
            TapeNodeKind.Watched => Watched,
            TapeNodeKind.Constant => Constant,
            _ => node.DerivativeOf is null ? Operation : Derivative,
        };
        string lines = string.Concat(NodeText.Lines(view, node).Select(line => $"<tr><td>{line.Kind switch
        {
            NodeLine.Head => $"<b>{Html(line.Text)}</b>",
            NodeLine.Adjoint => $"<font point-size=\"9\" color=\"#be123c\">{Html(line.Text)}</font>",
            _ => $"<font point-size=\"9\" color=\"#475569\">{Html(line.Text)}</font>",
        }}</td></tr>"));
        return string.Create(CultureInfo.InvariantCulture, $"n{node.Id} [label=<<table border=\"0\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"1\">{lines}</table>>, {style}{(isKept ? ", penwidth=2.2" : "")}{(view.Output == node.Id ? ", peripheries=2" : "")}, tooltip=\"{Quoted(node.Formula ?? node.Name)}\"];");
    }

    /// <summary>A text inside a label in angle brackets, which is read as XML.</summary>
    private static string Html(string text) => Printable(text).Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>A text inside quotes, in which entities are read too.</summary>
    private static string Quoted(string text) => Printable(text).Replace("&", "&amp;", StringComparison.Ordinal).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    /// <summary>What XML has no place for becomes the replacement character; an empty text, which a label must not be, a blank.</summary>
    private static string Printable(string text) => text.Length == 0 ? " " : string.Concat(text.Select(character => char.IsControl(character) || character >= '\uFFFE' ? '\uFFFD' : character));
}
