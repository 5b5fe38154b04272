using Tapestry.Tensors;

namespace Tapestry.Autodiff.Rules;

/// <summary>
/// A rule that exists for speed alone: one kernel forward and one backward for what other operations compute together. Its definition is <see cref="Composed"/>; the kernels
/// serve the first-order pass that is not recorded. Whatever goes beyond, a recorded gradient or forward mode, replays the definition from the same operands. A test holds
/// the two equal.
/// </summary>
public abstract class FusedRule : ComposedRule
{
    /// <summary>What the last forward pass found on the way and keeps, beside its result; none unless overridden.</summary>
    internal virtual IEnumerable<Tensor> Found => [];

    /// <summary>What the rule computes, in other operations.</summary>
    public abstract Variable Composed(IReadOnlyList<Variable> operands);

    /// <summary>The operands' contributions by a kernel; those that are not needed may stay null.</summary>
    /// <param name="operands">The operands' numbers.</param>
    /// <param name="output">The output's numbers.</param>
    /// <param name="adjoint">The output's adjoint.</param>
    /// <param name="needed">Which contributions are wanted.</param>
    protected abstract Tensor?[] Backward(ReadOnlySpan<Tensor> operands, Tensor output, Tensor adjoint, ReadOnlySpan<bool> needed);

    /// <inheritdoc/>
    public sealed override void Vjp(Call call, Variable adjoint, ReadOnlySpan<bool> needed, Span<Variable?> contributions)
    {
        if (adjoint.IsTracked || Array.Exists(call.Operands, operand => operand.IsTracked))
        {
            DifferentiateAgain(call, adjoint, needed, contributions, scratch: null);
            return;
        }

        Vjp(call.Operands, call.Output, adjoint, needed, contributions);
    }

    /// <summary>The same where nothing is recorded: by the kernel.</summary>
    /// <param name="operands">The recorded operands.</param>
    /// <param name="output">The recorded output.</param>
    /// <param name="adjoint">The output's adjoint.</param>
    /// <param name="needed">Which contributions are wanted.</param>
    /// <param name="contributions">Where they go.</param>
    /// <param name="rows">Who takes the second operand's by rows; null where it is to be a tensor as the others are.</param>
    internal void Vjp(ReadOnlySpan<Variable> operands, Variable output, Variable adjoint, ReadOnlySpan<bool> needed, Span<Variable?> contributions, IRowSink? rows = null)
    {
        FewTensors few = default;
        ReadOnlySpan<Tensor> values = few.ValuesOf(operands);
        Tensor?[] computed = rows is null ? Backward(values, output.Value, adjoint.Value, needed) : ((IHandsOverRows)this).Backward(values, output.Value, adjoint.Value, needed, rows);
        for (int i = 0; i < computed.Length; i++) contributions[i] = computed[i] is { } tensor ? output.Tape!.Own(tensor) : null;
    }

    /// <summary>Not searched for anomalies: the search replays the definition itself, and names the fused operation.</summary>
    private protected sealed override Tape Scratch(Tape? around) => new() { Held = around?.Held };

    private protected sealed override Variable Replay(IReadOnlyList<Variable> operands, Tensor output) => Composed(operands);
}
