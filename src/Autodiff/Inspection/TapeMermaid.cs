using System.Globalization;
using System.Text;

namespace Tapestry.Autodiff.Inspection;

/// <summary>
/// Writes a view as a flowchart for Mermaid, which Markdown pages draw from a fenced block. Layers are subgraphs; leaves have round ends, green where gradients flow to them and
/// grey where not; what is kept for derivatives has a thick border, the output a double one.
/// </summary>
public static class TapeMermaid
{
    private const string Styles = """
          classDef watched fill:#dcfce7,stroke:#15803d,color:#0f172a
          classDef constant fill:#f1f5f9,stroke:#94a3b8,color:#0f172a
          classDef operation fill:#ffffff,stroke:#334155,color:#0f172a
          classDef derivative fill:#ffedd5,stroke:#c2410c,color:#0f172a
          classDef kept stroke-width:3px
          classDef layer fill:#f1f5f9,stroke:#cbd5e1,color:#334155

        """;

    /// <summary>The text of a <c>.mmd</c> file.</summary>
    public static string Write(TapeView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        StringBuilder text = new();
        text.Append("---\ntitle: \"").Append(Line(view.Title).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append("\"\n---\n");
        text.Append("flowchart TB\n");
        int frames = 0;
        Append(text, view, Cluster.Of(view), "  ", ref frames);
        foreach (TapeNode node in view.Nodes)
        {
            foreach (int input in node.Inputs) text.Append(CultureInfo.InvariantCulture, $"  n{input} {(view.Nodes[input].Kind == TapeNodeKind.Constant ? "-.->" : "-->")} n{node.Id}\n");
        }

        text.Append(Styles);
        foreach (IGrouping<string, TapeNode> kind in view.Nodes.GroupBy(Class)) Classify(text, kind.Select(node => node.Id), kind.Key);
        Classify(text, view.Nodes.SelectMany(NodeText.KeptIds).Distinct().Order(), "kept");
        for (int frame = 0; frame < frames; frame++) text.Append(CultureInfo.InvariantCulture, $"  class layer{frame} layer\n");
        return text.ToString();
    }

    private static void Append(StringBuilder text, TapeView view, Cluster cluster, string indent, ref int frames)
    {
        foreach (TapeNode node in cluster.Nodes)
        {
            string label = string.Join("<br/>", NodeText.Lines(view, node).Select(line => line.Kind == NodeLine.Head ? $"<b>{Escaped(line.Text)}</b>" : Escaped(line.Text)));
            (string open, string close) = node.Kind != TapeNodeKind.Operation ? ("([", "])") : view.Output == node.Id ? ("[[", "]]") : ("[", "]");
            text.Append(CultureInfo.InvariantCulture, $"{indent}n{node.Id}{open}\"{label}\"{close}\n");
        }

        foreach (Cluster layer in cluster.Inner)
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}subgraph layer{frames++} [\"{Escaped(layer.Name)}\"]\n");
            Append(text, view, layer, indent + "  ", ref frames);
            text.Append(indent).Append("end\n");
        }
    }

    private static void Classify(StringBuilder text, IEnumerable<int> ids, string name)
    {
        string nodes = string.Join(',', ids.Select(id => string.Create(CultureInfo.InvariantCulture, $"n{id}")));
        if (nodes.Length > 0) text.Append(CultureInfo.InvariantCulture, $"  class {nodes} {name}\n");
    }

    private static string Class(TapeNode node) => node.Kind switch
    {
        TapeNodeKind.Watched => "watched",
        TapeNodeKind.Constant => "constant",
        _ => node.DerivativeOf is null ? "operation" : "derivative",
    };

    /// <summary>
    /// A text inside quotes. Mermaid has entities of its own, <c>#34;</c>, for what would end the text or be read as Markdown or HTML; a letter, digit, mark or blank stands for itself.
    /// </summary>
    private static string Escaped(string text) => text.Length == 0 ? " " : string.Concat(Line(text).Select(character => character is '"' or '#' or '&' or '<' or '>' or '`' or '\\' or '*' or '_' or '~'
        ? string.Create(CultureInfo.InvariantCulture, $"#{(int)character};")
        : character.ToString()));

    private static string Line(string text) => string.Concat(text.Select(character => char.IsControl(character) ? '\uFFFD' : character));
}
