using System.Globalization;
using Tapestry.Autodiff.Rules;

namespace Tapestry.Autodiff.Inspection;

/// <summary>What a line in a drawn node is.</summary>
internal enum NodeLine
{
    /// <summary>The operation, or the leaf's name.</summary>
    Head,

    /// <summary>Name, type, value.</summary>
    Detail,

    /// <summary>The adjoint.</summary>
    Adjoint,
}

/// <summary>What all views print of a node, in few characters.</summary>
internal static class NodeText
{
    private const int MostElements = 4;

    /// <summary>The node's name, without the layer's where it stands under that: <c>kernel</c> for <c>dense/kernel</c>.</summary>
    public static string LocalName(TapeNode node)
    {
        int slash = node.Entry is null ? node.Name.LastIndexOf('/') : -1;
        return slash > 0 && node.Scope is not null && $"/{node.Scope}".EndsWith($"/{node.Name[..slash]}", StringComparison.Ordinal) ? node.Name[(slash + 1)..] : node.Name;
    }

    /// <summary><c>F64[2, 3]</c></summary>
    public static string Type(TapeNode node) => $"{node.DType}{node.Shape}";

    /// <summary>A number, a few numbers, what all are, or their mean and deviation; then what is none.</summary>
    public static string Value(TensorSummary tensor)
    {
        string none = $"{Count(tensor.NaNs, "NaN")}{Count(tensor.Infinities, "inf")}";
        if (tensor.Shape.ElementCount == 0) return "empty";
        if (tensor.Elements is { Count: <= MostElements } elements) return elements.Count == 1 ? Number(elements[0]) : $"[{string.Join(", ", elements.Select(Number))}]";
        if (double.IsNaN(tensor.Mean)) return none[2..];
        return tensor.Minimum == tensor.Maximum ? $"{Number(tensor.Mean)} each{none}" : $"{Number(tensor.Mean)} ± {Number(tensor.Deviation)}{none}";
    }

    /// <summary>Five digits.</summary>
    public static string Number(double value) =>
        double.IsNaN(value) ? "NaN"
        : double.IsInfinity(value) ? (value > 0 ? "inf" : "-inf")
        : (value == 0 ? 0 : value).ToString("G5", CultureInfo.InvariantCulture).Replace("E-0", "e-", StringComparison.Ordinal).Replace("E+", "e+", StringComparison.Ordinal).Replace('E', 'e');

    /// <summary>The lines of a node that is drawn: what it is, which and of what type, its value, its adjoint.</summary>
    public static IEnumerable<(NodeLine Kind, string Text)> Lines(TapeView view, TapeNode node)
    {
        string head = node.Operation ?? LocalName(node), value = Value(node.Value);
        yield return (NodeLine.Head, head);
        bool isScalar = node.Shape.Rank == 0;
        string which = node.Operation is null ? "" : node.Name;
        if (!isScalar) yield return (NodeLine.Detail, $"{which}{(which.Length > 0 ? ": " : "")}{Type(node)}");
        if (head != value) yield return (NodeLine.Detail, isScalar && which.Length > 0 ? $"{which} = {value}" : value);
        if (node.Adjoint is { } adjoint) yield return (NodeLine.Adjoint, $"adjoint {Value(adjoint)}{(node.AdjointNode is { } at && view.Nodes[at].Entry is not null ? $" ({view.Nodes[at].Name})" : "")}");
    }

    /// <summary>The nodes that the node's derivatives read: operands, and the node itself.</summary>
    public static IEnumerable<int> KeptIds(TapeNode node)
    {
        if (node.Saves.HasFlag(Saves.First)) yield return node.Inputs[0];
        if (node.Saves.HasFlag(Saves.Second)) yield return node.Inputs[1];
        if (node.Saves.HasFlag(Saves.Third)) yield return node.Inputs[2];
        for (int i = 3; node.Saves.HasFlag(Saves.Rest) && i < node.Inputs.Count; i++) yield return node.Inputs[i];
        if (node.Saves.HasFlag(Saves.Output)) yield return node.Id;
    }

    /// <summary>What is kept for derivatives, in a sentence.</summary>
    public static string Kept(SavedTotal saved) => saved.Buffers == 0
        ? "nothing is kept for derivatives"
        : string.Create(CultureInfo.InvariantCulture, $"kept for derivatives: {Plural(saved.Bytes, "byte")} in {Plural(saved.Buffers, "buffer")}, of which leaves hold {saved.LeafBytes:N0}");

    /// <summary><c>1 entry</c>, <c>1,024 bytes</c>.</summary>
    public static string Plural(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? noun : noun.EndsWith('y') ? noun[..^1] + "ies" : noun + "s")}");

    private static string Count(int count, string what) => count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {count} {what}");
}
