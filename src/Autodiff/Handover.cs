using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>
/// Finds out for a reverse pass behind which entry each parameter is done with, and hands its gradient over there. An entry reads a parameter where it has the parameter's
/// variable for an operand, or any other with the same storage. What a user's function or rule reads besides, nobody knows: where there is one, all is handed over at the end.
/// </summary>
internal sealed class Handover
{
    private const int None = -1;

    private readonly IGradientReceiver receiver;
    private readonly IReadOnlyList<Parameter> parameters;
    private readonly Variable[] leaves;

    /// <summary>At an entry's index + 1 the first parameter that is done with behind it, at 0 the first of those that wait for the end; and for each parameter the next of its place.</summary>
    private readonly int[] doneBehind;
    private readonly int[] next;
    private int opened = None;

    /// <summary>Looks through the entries.</summary>
    /// <param name="receiver">Who takes the gradients.</param>
    /// <param name="parameters">Whose they are.</param>
    /// <param name="leaves">What stands for the parameters on the tape.</param>
    /// <param name="entries">Those that the pass goes back through, oldest first.</param>
    /// <param name="slots">How many variables the tape tracks.</param>
    public Handover(IGradientReceiver receiver, IReadOnlyList<Parameter> parameters, Variable[] leaves, ReadOnlySpan<Entry> entries, int slots)
    {
        (this.receiver, this.parameters, this.leaves) = (receiver, parameters, leaves);
        doneBehind = new int[entries.Length + 1];
        next = new int[leaves.Length];
        Array.Fill(doneBehind, None);
        Span<int> first = leaves.Length <= 256 ? stackalloc int[leaves.Length] : new int[leaves.Length];
        FirstReaders(entries, slots, first);
        for (int i = leaves.Length - 1; i >= 0; i--) (next[i], doneBehind[first[i] + 1]) = (doneBehind[first[i] + 1], i);
    }

    /// <summary>What takes the gradient by rows that an entry's rule is about to make of its second operand; null where it is not complete then, or wanted as a tensor.</summary>
    public IRowSink? Open(Entry entry, ReadOnlySpan<Variable?> adjoints)
    {
        if (entry.Rule is not IHandsOverRows) return null;
        Variable operand = entry.OperandSpan[1];
        if (!operand.IsTracked || adjoints[operand.Slot] is not null) return null;
        for (int k = 0; k < entry.OperandSpan.Length; k++)
        {
            // A product that reads what changes under it.
            if (k != 1 && entry.OperandSpan[k].Value.Buffer == operand.Value.Buffer) return null;
        }

        for (int i = doneBehind[entry.Index + 1]; i != None; i = next[i])
        {
            if (leaves[i] != operand) continue;
            IRowSink? rows = receiver.Open(parameters[i]);
            if (rows is not null) opened = i;
            return rows;
        }

        return null;
    }

    /// <summary>Hands over what is complete now that the pass has gone back behind an entry; behind the oldest one for the index -1.</summary>
    public void Complete(int index, ReadOnlySpan<Variable?> adjoints)
    {
        for (int i = doneBehind[index + 1]; i != None; i = next[i])
        {
            if (i == opened) receiver.Close(parameters[i]);
            else receiver.Take(parameters[i], adjoints[leaves[i].Slot]?.Value ?? throw Tape.NoPath(parameters[i]));
        }

        opened = None;
    }

    /// <summary>For each parameter the oldest entry that reads it, or -1.</summary>
    private void FirstReaders(ReadOnlySpan<Entry> entries, int slots, Span<int> first)
    {
        first.Fill(None);
        Span<int> parameterAt = slots <= 1024 ? stackalloc int[slots] : new int[slots];
        parameterAt.Fill(None);
        for (int i = 0; i < leaves.Length; i++)
        {
            // One that something else stands for, or that is asked for twice.
            if (leaves[i].Value.Buffer != parameters[i].Value.Buffer || parameterAt[leaves[i].Slot] != None) return;
            parameterAt[leaves[i].Slot] = i;
        }

        for (int index = 0; index < entries.Length; index++)
        {
            if (!entries[index].Rule.ReadsOperandsAlone)
            {
                first.Fill(None);
                return;
            }

            foreach (Variable operand in entries[index].OperandSpan)
            {
                // What an entry made is a parameter's storage only where it is a view, whose maker is older.
                if (operand.Entry is not null) continue;
                int known = operand.IsTracked ? parameterAt[operand.Slot] : None;
                if (known != None && first[known] == None) first[known] = index;
                for (int i = 0; known == None && i < leaves.Length; i++)
                {
                    if (first[i] == None && leaves[i].Value.Buffer == operand.Value.Buffer) first[i] = index;
                }
            }
        }
    }
}
