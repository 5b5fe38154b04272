using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Inspection;

/// <summary>What a node of a tape is.</summary>
public enum TapeNodeKind
{
    /// <summary>A leaf that gradients flow to.</summary>
    Watched,

    /// <summary>A leaf that they do not flow to.</summary>
    Constant,

    /// <summary>What an entry of the tape made.</summary>
    Operation,
}

/// <summary>A variable of a tape: a leaf, or an entry with what it made.</summary>
public sealed record TapeNode
{
    /// <summary>The node's position in <see cref="TapeView.Nodes"/>, from 0.</summary>
    public required int Id { get; init; }

    /// <summary>What it is.</summary>
    public required TapeNodeKind Kind { get; init; }

    /// <summary>
    /// The name that it was given; else the parameter's, <c>%3</c> for what entry 3 made, the number itself for a constant that is one, <c>x1</c> or <c>c1</c> for other leaves.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>The operation's name; null for leaves.</summary>
    public string? Operation { get; init; }

    /// <summary>The position on the tape of the entry that made it; null for leaves.</summary>
    public int? Entry { get; init; }

    /// <summary>The operation's formulas; null for leaves.</summary>
    public string? Formula { get; init; }

    /// <summary>The layer that it belongs to, as <c>sequential/dense_1</c>: for a parameter or an unnamed constant the one that first uses it. Null outside of any.</summary>
    public string? Scope { get; init; }

    /// <summary>The position of the entry whose derivative it is part of, where a pass was recorded; null for what was computed forward.</summary>
    public int? DerivativeOf { get; init; }

    /// <summary>The nodes that the operation was given, in order, with repetitions.</summary>
    public IReadOnlyList<int> Inputs { get; init; } = [];

    /// <summary>What the operation's derivatives read, and the tape keeps for them.</summary>
    public Saves Saves { get; init; }

    /// <summary>The bytes that are kept for this operation's sake: each buffer counts where it is first saved, and nowhere else.</summary>
    public long SavedBytes { get; init; }

    /// <summary>The numbers.</summary>
    public required TensorSummary Value { get; init; }

    /// <summary>The output's derivative with respect to the node; null where none was asked for, or none reaches it.</summary>
    public TensorSummary? Adjoint { get; init; }

    /// <summary>The node that holds <see cref="Adjoint"/>, where the reverse pass was recorded and computed it; else null.</summary>
    public int? AdjointNode { get; init; }

    /// <summary>The element type.</summary>
    public DType DType => Value.DType;

    /// <summary>The sizes of the axes.</summary>
    public Shape Shape => Value.Shape;
}
