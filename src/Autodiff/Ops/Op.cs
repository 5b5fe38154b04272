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
        Tape? tape = null;
        Tensor[] values = new Tensor[operands.Length];
        for (int i = 0; i < operands.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(operands[i]);
            values[i] = operands[i].Value;
            if (operands[i].Tape is not { } other) continue;
            if (tape is not null && tape != other)
            {
                throw new ArgumentException($"{rule.Name}: expected operands of one tape, got operands of two. Carry a value over with other.Constant(variable.Detach()).");
            }

            tape = other;
        }

        if (rule is FusedRule fused && tape is { Composed: true }) return fused.Composed(operands.ToArray());
        Tensor result = rule.Forward(values);
        return tape is null ? new Variable(result) : tape.Record(rule, operands, result);
    }
}
