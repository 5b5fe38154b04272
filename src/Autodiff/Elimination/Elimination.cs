using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>The order in which the intermediate vertices of a <see cref="LinearizedGraph"/> are eliminated.</summary>
public enum EliminationOrder
{
    /// <summary>As they were computed: forward mode.</summary>
    Forward,

    /// <summary>The last computed first: reverse mode.</summary>
    Reverse,

    /// <summary>The cheapest first, whose predecessors times successors are fewest just then; of several the one computed first. Greedy: often, but not always, the best order.</summary>
    Markowitz,
}

/// <summary>One vertex eliminated.</summary>
/// <param name="Vertex">Which.</param>
/// <param name="Predecessors">How many vertices it depended on just then.</param>
/// <param name="Successors">How many vertices depended on it just then.</param>
public readonly record struct EliminationStep(int Vertex, int Predecessors, int Successors)
{
    /// <summary>Each path through the vertex is one multiplication: predecessors times successors, its Markowitz degree.</summary>
    public long Multiplications => (long)Predecessors * Successors;
}

/// <summary>A Jacobian accumulated by elimination.</summary>
/// <param name="Jacobian">F64: [outputs, inputs], both in the order in which they were given, element by element.</param>
/// <param name="Steps">The vertices in the order in which they were eliminated.</param>
public sealed record Elimination(Tensor Jacobian, IReadOnlyList<EliminationStep> Steps)
{
    /// <summary>The multiplications of all steps. One with a partial of 1 counts as well.</summary>
    public long Multiplications => Steps.Sum(step => step.Multiplications);
}
