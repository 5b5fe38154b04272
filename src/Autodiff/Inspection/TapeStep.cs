namespace Tapestry.Autodiff.Inspection;

/// <summary>Which way a step goes.</summary>
public enum TapePhase
{
    /// <summary>An entry computes its output.</summary>
    Forward,

    /// <summary>An adjoint is passed on to the operands.</summary>
    Reverse,
}

/// <summary>One step of what happened on a tape, in the order in which it happened.</summary>
/// <param name="Phase">Which way it goes.</param>
/// <param name="Entry">The entry; null for the step that sets the output's adjoint, with which the reverse pass begins.</param>
/// <param name="Node">The node that the entry made.</param>
/// <param name="Contributions">In the reverse pass, what the operands' adjoints gain.</param>
/// <param name="Jacobians">In the reverse pass, what that is the product with, where it is small: one for each operand that gains something.</param>
public sealed record TapeStep(TapePhase Phase, int? Entry, int Node, IReadOnlyList<TapeContribution> Contributions, IReadOnlyList<LocalJacobian> Jacobians);

/// <summary>What a node's adjoint gains in a step of the reverse pass.</summary>
/// <param name="To">The node.</param>
/// <param name="Value">What is added.</param>
/// <param name="Total">The sum so far.</param>
public sealed record TapeContribution(int To, TensorSummary Value, TensorSummary Total);

/// <summary>The derivative of an entry's output with respect to one of its operands, the others held: every element with respect to every element.</summary>
/// <param name="Input">The operand's position.</param>
/// <param name="To">The operand's node.</param>
/// <param name="Value">[elements of the output, elements of the operand]</param>
public sealed record LocalJacobian(int Input, int To, TensorSummary Value);
