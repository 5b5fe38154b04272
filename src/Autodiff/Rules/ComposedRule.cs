using Tapestry.Tensors;

namespace Tapestry.Autodiff.Rules;

/// <summary>
/// A rule that stands for other operations as if they were one. Wherever its derivatives need more than the rule has of its own, it runs those operations again from the same
/// operands and differentiates them.
/// </summary>
public abstract class ComposedRule : Rule
{
    /// <inheritdoc/>
    public sealed override Variable? Jvp(Call call, ReadOnlySpan<Variable?> tangents)
    {
        bool[] moves = new bool[tangents.Length];
        bool isRecorded = call.Operands.Any(operand => operand.IsTracked);
        for (int i = 0; i < moves.Length; i++)
        {
            moves[i] = tangents[i] is not null;
            isRecorded |= tangents[i] is { IsTracked: true };
        }

        using Tape? scratch = isRecorded ? null : Scratch(call.Output.Tape);
        (Variable[] operands, Variable y) = Again(call, moves, scratch);
        List<Variable> xs = [], directions = [];
        for (int i = 0; i < moves.Length; i++)
        {
            // What comes twice has one alias, which moves once.
            if (tangents[i] is not { } tangent || Array.IndexOf(operands, operands[i]) < i) continue;
            xs.Add(operands[i]);
            directions.Add(scratch is null ? tangent : tangent.Value);
        }

        Variable result = y.Tape!.Jvp(y, xs, directions, record: isRecorded);
        return scratch is null ? result : scratch.HandOver(result, call.Output.Tape);
    }

    /// <summary>A tape to run the operations again on, which is thrown away afterwards.</summary>
    /// <param name="around">The tape that the call was recorded on.</param>
    private protected abstract Tape Scratch(Tape? around);

    /// <summary>Runs the operations again.</summary>
    /// <param name="operands">The operands on the tape to run on.</param>
    /// <param name="output">The numbers that came out the first time.</param>
    private protected abstract Variable Replay(IReadOnlyList<Variable> operands, Tensor output);

    /// <summary>Runs the operations again, and adds to the contributions what a reverse pass through them gives, in its order.</summary>
    private protected void DifferentiateAgain(Call call, Variable adjoint, ReadOnlySpan<bool> needed, Span<Variable?> contributions, Tape? scratch)
    {
        (Variable[] operands, Variable y) = Again(call, needed, scratch);
        List<int> asked = [];
        List<Variable?> gathered = [];
        for (int i = 0; i < operands.Length; i++)
        {
            // What comes twice has one alias, and its sum goes to the first place.
            if (needed[i] && Array.IndexOf(operands, operands[i]) == i)
            {
                asked.Add(i);
                gathered.Add(scratch is null || contributions[i] is not { } before ? contributions[i] : before.Value);
            }

            contributions[i] = null;
        }

        Variable seed = scratch is null ? adjoint : adjoint.Value;
        Variable?[] sums = y.Tape!.Accumulate(y, [.. asked.Select(i => operands[i])], seed, gathered, record: scratch is null);
        for (int i = 0; i < sums.Length; i++) contributions[asked[i]] = scratch is null || sums[i] is not { } sum ? sums[i] : scratch.HandOver(sum, call.Output.Tape);
    }

    /// <summary>
    /// Runs the operations again: on a scratch tape, or where there is none on the operands' own. Operands that derivatives are taken by are aliases, so that the derivative does
    /// not run on into what the operand was computed from, which another operand may share; an operand that comes twice has one alias.
    /// </summary>
    private protected (Variable[] Operands, Variable Output) Again(Call call, ReadOnlySpan<bool> active, Tape? scratch)
    {
        Tape tape = scratch ?? call.Output.Tape!;
        Variable[] operands = new Variable[call.Operands.Length];
        for (int i = 0; i < operands.Length; i++)
        {
            Variable operand = call.Operands[i];
            int first = Array.IndexOf(call.Operands, operand);
            operands[i] = first < i && active[first] ? operands[first]
                : scratch is not null ? active[i] ? tape.Watch(operand.Value) : tape.Constant(operand.Value)
                : active[i] ? AliasRule.Of(operand, tape) : operand.Tape is null ? tape.Constant(operand.Value) : operand;
        }

        return (operands, Replay(operands, call.Output.Value));
    }
}
