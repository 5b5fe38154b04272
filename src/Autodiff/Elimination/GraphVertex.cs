using System.Globalization;

namespace Tapestry.Autodiff;

/// <summary>What a vertex of a <see cref="LinearizedGraph"/> is.</summary>
public enum VertexKind
{
    /// <summary>An element of what is differentiated by. Nothing leads to it.</summary>
    Input,

    /// <summary>A number on the way, which can be eliminated.</summary>
    Intermediate,

    /// <summary>An element of what is differentiated. Nothing leads on from it.</summary>
    Output,
}

/// <summary>One number in a <see cref="LinearizedGraph"/>: an element of a variable.</summary>
/// <param name="Index">Its position in the graph: every edge goes from a smaller to a larger one.</param>
/// <param name="Kind">Input, intermediate or output.</param>
/// <param name="Entry">The entry that made the variable; null for a leaf of the tape.</param>
/// <param name="Element">The position in the variable, row-major.</param>
public sealed record GraphVertex(int Index, VertexKind Kind, Entry? Entry, int Element)
{
    /// <summary><c>3 (Exp[0])</c></summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index} ({Entry?.Rule.Name ?? "leaf"}[{Element}])");
}

/// <summary>A dependence of one number on another.</summary>
/// <param name="From">The vertex that is depended on.</param>
/// <param name="To">The vertex that depends on it.</param>
/// <param name="Partial">The partial derivative.</param>
public readonly record struct GraphEdge(int From, int To, double Partial);
