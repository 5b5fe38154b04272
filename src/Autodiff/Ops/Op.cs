using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>
/// The operations. Each stands in a file of its own under <c>Ops/</c> with its formulas, kernel and derivatives; those under <c>Ops/Composite</c> are made of others
/// and have no rule. All take F32 and F64, do not mix types, and broadcast by NumPy's rule where they have two operands.
/// </summary>
public static partial class Op
{
    /// <summary>
    /// Runs an operation, and records it where an operand is tracked. One's own operation is a <see cref="Rule"/> and this call.
    /// </summary>
    /// <exception cref="ArgumentException">The operands live on two tapes, or the rule refuses their shapes or types.</exception>
    public static Variable Apply(Rule rule, params ReadOnlySpan<Variable> operands)
    {
        ArgumentNullException.ThrowIfNull(rule);
        Tape? tape = TapeOf(rule.Name, operands);
        if (rule is FusedRule fused && tape is { Composed: true }) return fused.Composed(operands.ToArray());
        FewTensors few = default;
        Tensor result = rule.Forward(few.ValuesOf(operands));
        return tape is null ? new Variable(result) : tape.Record(rule, operands, result);
    }

    /// <summary>The operands' numbers.</summary>
    private static Tensor[] Values(ReadOnlySpan<Variable> operands)
    {
        Tensor[] values = new Tensor[operands.Length];
        for (int i = 0; i < values.Length; i++) values[i] = operands[i].Value;
        return values;
    }

    /// <summary>The one tape of some operands; null where none has one.</summary>
    private static Tape? TapeOf(string name, ReadOnlySpan<Variable> operands)
    {
        Tape? tape = null;
        foreach (Variable operand in operands)
        {
            ArgumentNullException.ThrowIfNull(operand);
            if (operand.Tape is not { } other || other == tape) continue;
            if (tape is not null)
            {
                throw new ArgumentException(tape.IsInside(other) || other.IsInside(tape)
                    ? $"{name}: expected operands that the function was given, got a variable of the tape around it. Make it one of the function's inputs."
                    : $"{name}: expected operands of one tape, got operands of two. Carry a value over with other.Constant(variable.Detach()).");
            }

            tape = other;
        }

        return tape;
    }

    /// <summary>
    /// What a function makes of some numbers on an arena, whose other results end with it: a new tensor, or a view of an operand. Whatever else it may be is copied, since it
    /// belongs to somebody.
    /// </summary>
    private static Tensor RunOn(Tape arena, Func<Variable[], Variable> function, ReadOnlySpan<Tensor> operands)
    {
        Variable[] xs = new Variable[operands.Length];
        for (int i = 0; i < xs.Length; i++) xs[i] = arena.Constant(operands[i]);
        Tensor result = function(xs).Value;
        bool isTheirs = arena.LetGo(result);
        foreach (Tensor operand in operands) isTheirs |= operand.Buffer == result.Buffer;
        return isTheirs ? result : result.Clone();
    }

    /// <summary>A rule of that many operands that may read any number.</summary>
    private static Saves Everything(int operands) => (Saves)((1 << Math.Min(operands, 3)) - 1) | (operands > 3 ? Saves.Rest : Saves.Nothing) | Saves.Output;
}
