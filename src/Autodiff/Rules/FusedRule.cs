using Tapestry.Tensors;

namespace Tapestry.Autodiff.Rules;

/// <summary>
/// A rule that exists for speed alone: one kernel forward and one backward for what other operations compute together. Its definition is <see cref="Composed"/>; the kernels
/// serve the first-order pass that is not recorded. Whatever goes beyond, a recorded gradient or forward mode, replays the definition from the same operands. A test holds
/// the two equal.
/// </summary>
public abstract class FusedRule : Rule
{
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
        if (adjoint.IsTracked || call.Operands.Any(operand => operand.IsTracked))
        {
            (Variable[] fresh, Variable y) = Replay(call.Operands);
            Variable[] gradients = y.Tape!.Gradient(y, fresh, adjoint, record: true);
            for (int i = 0; i < gradients.Length; i++) contributions[i] = needed[i] ? gradients[i] : null;
            return;
        }

        Tensor[] values = Array.ConvertAll(call.Operands, operand => operand.Value);
        Tensor?[] computed = Backward(values, call.Output.Value, adjoint.Value, needed);
        for (int i = 0; i < computed.Length; i++) contributions[i] = computed[i] is { } tensor ? call.Output.Tape!.Own(tensor) : null;
    }

    /// <inheritdoc/>
    public sealed override Variable? Jvp(Call call, ReadOnlySpan<Variable?> tangents)
    {
        bool isRecorded = call.Operands.Any(operand => operand.IsTracked);
        Variable[] directions = new Variable[tangents.Length];
        for (int i = 0; i < directions.Length; i++)
        {
            directions[i] = tangents[i] ?? Tensor.Zeros(call.Operands[i].Shape, call.Operands[i].DType);
            isRecorded |= directions[i].IsTracked;
        }

        if (isRecorded)
        {
            (Variable[] fresh, Variable y) = Replay(call.Operands);
            return y.Tape!.Jvp(y, fresh, directions, record: true);
        }

        using Tape scratch = new();
        Variable[] watched = Array.ConvertAll(call.Operands, operand => scratch.Watch(operand.Value));
        return scratch.Jvp(Composed(watched), watched, Array.ConvertAll(directions, direction => (Variable)direction.Value)).Detach();
    }

    /// <summary>
    /// The definition again, on the same tape, from aliases of the operands: the derivative with respect to an alias does not run on into what the operand was computed
    /// from, which another operand may share.
    /// </summary>
    private (Variable[] Aliases, Variable Output) Replay(Variable[] operands)
    {
        Tape tape = operands.First(operand => operand.Tape is not null).Tape!;
        Variable[] aliases = Array.ConvertAll(operands, operand => AliasRule.Of(operand, tape));
        return (aliases, Composed(aliases));
    }
}
