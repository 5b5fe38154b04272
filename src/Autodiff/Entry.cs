using Tapestry.Autodiff.Rules;

namespace Tapestry.Autodiff;

/// <summary>One line of a tape: an operation, what it was given and what it made.</summary>
public sealed partial class Entry
{
    private readonly Variable[] operands;

    internal Entry(int index, Rule rule, Variable[] operands, Tensors.Tensor result, Tape tape, int slot, Scope? scope, Entry? derivativeOf)
    {
        Index = index;
        Rule = rule;
        Scope = scope;
        DerivativeOf = derivativeOf;
        this.operands = operands;
        Output = new Variable(result, tape, this, slot);
    }

    /// <summary>The entry's position on the tape, from 0. Operands always come from smaller positions: the tape is a topological order.</summary>
    public int Index { get; }

    /// <summary>The operation's rule: its name, formula and derivatives.</summary>
    public Rule Rule { get; }

    /// <summary>What the operation was given, tracked or not.</summary>
    public IReadOnlyList<Variable> Operands => operands;

    /// <summary>What it made.</summary>
    public Variable Output { get; }

    /// <summary>What was being computed: the layer that called the operation; null outside of any.</summary>
    public Scope? Scope { get; }

    /// <summary>The entry whose derivative this one is part of, where a pass was recorded; null for what was computed forward.</summary>
    public Entry? DerivativeOf { get; }

    /// <summary>The operands without the interface's cost.</summary>
    internal ReadOnlySpan<Variable> OperandSpan => operands;

    /// <summary>What the derivative rules are given: the recorded variables themselves, or the same numbers untracked.</summary>
    internal Call Call(bool recorded) => recorded
        ? new Call(operands, Output)
        : new Call(Array.ConvertAll(operands, operand => operand.Untracked), Output.Untracked);

    /// <summary><c>%4 = Multiply(%1, %3)</c>-like text for messages.</summary>
    public override string ToString() => $"entry {Index} ({Rule.Name})";
}
