using Tapestry.Tensors;

namespace Tapestry.Autodiff.Rules;

/// <summary>Which of its operands' and output's numbers a rule's derivatives read: what the tape must keep. Shapes are always known.</summary>
[Flags]
public enum Saves
{
    /// <summary>None: the operation is linear, or its derivative is zero.</summary>
    Nothing = 0,

    /// <summary>The first operand.</summary>
    First = 1,

    /// <summary>The second operand.</summary>
    Second = 2,

    /// <summary>The third operand.</summary>
    Third = 4,

    /// <summary>The output.</summary>
    Output = 8,

    /// <summary>The operands after the third.</summary>
    Rest = 16,
}

/// <summary>What a derivative rule is given: the operands and the output of the call that was recorded.</summary>
/// <param name="Operands">The operands, in order.</param>
/// <param name="Output">The result.</param>
public readonly record struct Call(Variable[] Operands, Variable Output);

/// <summary>
/// What an operation is: how it computes, and how derivatives pass through it in either direction. Derivatives are written in operations, not kernels, so that a
/// recorded reverse pass can itself be differentiated. One sealed subclass for each operation, beside its entry point in <c>Ops/</c>.
/// </summary>
public abstract class Rule
{
    /// <summary>The operation's name, as its entry point is called: <c>Exp</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The formulas as text: the value, then what the adjoints gain. A bar marks an adjoint.</summary>
    public abstract string Formula { get; }

    /// <summary>Which numbers the derivatives read.</summary>
    public abstract Saves Saves { get; }

    /// <summary>What the call was told beside its operands, as one writes it behind them: <c>axis 0</c>. Empty where there is nothing to tell.</summary>
    public virtual string Options => "";

    /// <summary>How algebra reads the operation: as a call by its name unless told otherwise.</summary>
    internal virtual Notation Notation => Notation.Call;

    /// <summary>
    /// Whether each element of the result is made of one element of each operand, the one that broadcasting brings to the same place. False unless a rule says so.
    /// </summary>
    public virtual bool IsElementwise => false;

    /// <summary>Whether the derivatives read no numbers but those of the operands and of the output: what is known of the rules here, and of no others.</summary>
    internal virtual bool ReadsOperandsAlone => GetType().Assembly == typeof(Rule).Assembly;

    /// <summary>Computes the result: a new tensor, or a view of an operand.</summary>
    public abstract Tensor Forward(ReadOnlySpan<Tensor> operands);

    /// <summary>The vector-Jacobian product: what the output's adjoint contributes to each operand that needs it.</summary>
    /// <param name="call">The recorded operands and output.</param>
    /// <param name="adjoint">The output's adjoint, in the output's shape.</param>
    /// <param name="needed">Which operands' contributions are wanted.</param>
    /// <param name="contributions">Where they go, each in its operand's shape; null stays for zero.</param>
    public abstract void Vjp(Call call, Variable adjoint, ReadOnlySpan<bool> needed, Span<Variable?> contributions);

    /// <summary>The Jacobian-vector product: how the output moves when the operands move.</summary>
    /// <param name="call">The recorded operands and output.</param>
    /// <param name="tangents">How each operand moves; null where it stands still. At least one moves.</param>
    /// <returns>The output's tangent; null for zero.</returns>
    public abstract Variable? Jvp(Call call, ReadOnlySpan<Variable?> tangents);
}
