namespace Tapestry.Autodiff;

/// <summary>In which pass a number went wrong.</summary>
public enum AnomalyPhase
{
    /// <summary>While an operation was computed.</summary>
    Forward,

    /// <summary>In the derivative that the reverse pass takes of an entry.</summary>
    Backward,

    /// <summary>In the derivative that <see cref="Tape.Jvp(Variable, IReadOnlyList{Variable}, IReadOnlyList{Variable}, bool)"/> takes of an entry.</summary>
    ForwardMode,
}

/// <summary>What one operand put into a number that is none.</summary>
/// <param name="Name">
/// As formulas call it: x, or a and b, or x0, x1, x2; in a derivative also ȳ, the output's adjoint, y, the output, and tx, the operand's tangent.
/// </param>
/// <param name="Count">How many of its elements went into the number: 1 in what is computed element by element.</param>
/// <param name="Index">Where <paramref name="Value"/> stands.</param>
/// <param name="Value">The first of these elements that is NaN or infinite, or else the largest in magnitude.</param>
public sealed record AnomalyOperand(string Name, int Count, IReadOnlyList<int> Index, double Value)
{
    /// <summary>The parameter that the operand is, as <c>dense_1/kernel</c>; null where it is none.</summary>
    public string? Parameter { get; init; }
}

/// <summary>
/// A NaN or an infinity came up on a tape that looks for them (<see cref="Tape.DetectAnomaly"/>). The message names the operation, the layer, the element and the operands,
/// in one line: <c>Log in sequential/dense_1: expected finite numbers, got -Infinity at [3, 7] from Log(0). ...</c>
/// </summary>
public sealed class AnomalyException : ArithmeticException
{
    internal AnomalyException(string message)
        : base(message)
    {
    }

    /// <summary>The operation whose result it is, or whose derivative: <c>Sqrt</c>. <c>Watch</c> where a parameter was not finite to begin with.</summary>
    public required string Operation { get; init; }

    /// <summary>
    /// The operation that made the number: in a derivative or a fused operation the one among those that it is made of, as <c>Divide</c> in the derivative of Sqrt; else
    /// <see cref="Operation"/> itself.
    /// </summary>
    public required string Step { get; init; }

    /// <summary>In which pass it came up.</summary>
    public AnomalyPhase Phase { get; init; }

    /// <summary>The layer's path, as <c>sequential/dense_1</c>; null outside of any.</summary>
    public string? Scope { get; init; }

    /// <summary>The index on the tape of the entry whose derivative was taken; null in the forward pass.</summary>
    public int? Entry { get; init; }

    /// <summary>Which element of what <see cref="Step"/> made; empty for a single number.</summary>
    public required IReadOnlyList<int> Index { get; init; }

    /// <summary>NaN, or an infinity.</summary>
    public required double Value { get; init; }

    /// <summary>
    /// What made it: the operands of <see cref="Step"/>; or, in the derivative of an elementwise operation, the numbers of that operation at the same position.
    /// Empty for a parameter.
    /// </summary>
    public IReadOnlyList<AnomalyOperand> Operands { get; init; } = [];

    /// <summary>The name of the parameter that was not finite to begin with; null where it was none.</summary>
    public string? Parameter { get; init; }

    /// <summary>Whether it came onto the tape with a parameter, a watched tensor or a constant, rather than being made by an operation.</summary>
    public bool CameFromOutside { get; init; }
}
