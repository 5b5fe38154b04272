using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>Is told of each contribution to an adjoint, as the reverse pass makes it.</summary>
/// <param name="entry">The entry whose rule made it.</param>
/// <param name="operand">The position of the operand that it is for.</param>
/// <param name="contribution">What the operand's adjoint gains.</param>
/// <param name="total">The operand's adjoint so far.</param>
internal delegate void ReverseObserver(Entry entry, int operand, Variable contribution, Variable total);

/// <content>The reverse pass.</content>
public sealed partial class Tape
{
    /// <summary>
    /// Walks the entries between the xs and y in reverse of recording. Operands always stand before their entry, so when an entry is reached every use of its output
    /// has been counted: that is why a=1; b=a+a; c=b+b gives 4 and not 2 or 3.
    /// </summary>
    private Variable?[] Reverse(Variable y, IReadOnlyList<Variable> xs, Variable seed, bool record, IReadOnlyList<Variable?>? gathered = null, ReverseObserver? observer = null, Handover? handover = null)
    {
        if (!y.IsTracked) return gathered?.ToArray() ?? new Variable?[xs.Count];

        int last = y.Entry?.Index ?? -1;
        bool[] leadsFromX = new bool[slots];
        int[] readers = new int[slots];
        foreach (Variable x in xs) (leadsFromX[x.Slot], readers[x.Slot]) = (true, 1);
        for (int i = 0; i <= last; i++)
        {
            foreach (Variable operand in entries[i].OperandSpan)
            {
                if (!operand.IsTracked || !leadsFromX[operand.Slot]) continue;
                leadsFromX[entries[i].Output.Slot] = true;
                readers[operand.Slot]++;
            }
        }

        Variable?[] adjoints = new Variable?[leadsFromX.Length];
        bool[] sums = new bool[adjoints.Length];
        Variable?[] contributions = [];
        for (int i = 0; i < gathered?.Count; i++) adjoints[xs[i].Slot] = gathered[i];
        ref Variable? ofY = ref adjoints[y.Slot];
        ofY = ofY is null ? seed : ofY + seed;
        for (int i = last; i >= 0; i--)
        {
            Entry entry = entries[i];
            if (leadsFromX[entry.Output.Slot] && adjoints[entry.Output.Slot] is { } adjoint)
            {
                IRowSink? rows = handover?.Open(entry, adjoints);
                if (record || observer is not null || !TryReverseThrough(entry, adjoint, leadsFromX, readers, adjoints, sums, rows))
                {
                    if (contributions.Length < entry.OperandSpan.Length) contributions = new Variable?[entry.OperandSpan.Length];
                    Propagate(entry, adjoint, leadsFromX, adjoints, sums, contributions.AsSpan(0, entry.OperandSpan.Length), record, observer, rows);
                }
            }

            handover?.Complete(i, adjoints);
        }

        handover?.Complete(-1, adjoints);
        Variable?[] results = new Variable?[xs.Count];
        for (int i = 0; i < results.Length; i++) results[i] = adjoints[xs[i].Slot];
        return results;
    }

    /// <summary>
    /// Adds to the operands' adjoints what an entry's rule makes of its output's. An adjoint that is already a sum made here, as <paramref name="sums"/> tells, is nobody
    /// else's, and added to in place; but where each result is searched for NaN and infinity a sum is a result.
    /// </summary>
    private void Propagate(
        Entry entry, Variable adjoint, bool[] leadsFromX, Variable?[] adjoints, bool[] sums, Span<Variable?> contributions, bool record, ReverseObserver? observer, IRowSink? rows)
    {
        ReadOnlySpan<Variable> operands = entry.OperandSpan;
        Span<bool> needed = operands.Length <= 64 ? stackalloc bool[operands.Length] : new bool[operands.Length];
        Need(operands, leadsFromX, needed);
        contributions.Clear();
        // A view is told of contributions one by one, so that such a rule gives them apart.
        bool accumulates = observer is null && entry.Rule is IAccumulatingRule;
        for (int k = 0; accumulates && k < contributions.Length; k++) contributions[k] = needed[k] ? adjoints[operands[k].Slot] : null;
        using DerivativeExit exit = Differentiate(new Derivative(entry, adjoint));
        if (!record && entry.Rule is FusedRule fused) fused.Vjp(operands, entry.Output, adjoint, needed, contributions, rows);
        else entry.Rule.Vjp(entry.Call(record), adjoint, needed, contributions);
        Add(entry, needed, contributions, adjoints, sums, accumulates, record, observer);
    }

    private static void Need(ReadOnlySpan<Variable> operands, bool[] leadsFromX, Span<bool> needed)
    {
        for (int k = 0; k < needed.Length; k++) needed[k] = operands[k].IsTracked && leadsFromX[operands[k].Slot];
    }

    /// <summary>Goes back through an entry and the one that made its first operand in one go, where the entry's rule knows how to and that operand's adjoint is nobody else's.</summary>
    private bool TryReverseThrough(Entry entry, Variable adjoint, bool[] leadsFromX, int[] readers, Variable?[] adjoints, bool[] sums, IRowSink? rows)
    {
        if (entry.Rule is not IReversesThrough rule) return false;
        Variable between = entry.OperandSpan[0];
        if (!between.IsTracked || !leadsFromX[between.Slot] || readers[between.Slot] != 1 || between.Entry is not { } maker) return false;

        int count = entry.OperandSpan.Length;
        Span<bool> needed = stackalloc bool[64];
        if (count + maker.OperandSpan.Length > needed.Length) return false;
        Span<bool> own = needed[..count], ofMaker = needed.Slice(count, maker.OperandSpan.Length);
        Need(entry.OperandSpan, leadsFromX, own);
        Need(maker.OperandSpan, leadsFromX, ofMaker);
        Tensor?[] computed = new Tensor?[own.Length + ofMaker.Length];
        if (!rule.TryVjp(entry, maker, adjoint.Value, own, ofMaker, computed.AsSpan(0, count), computed.AsSpan(count), rows)) return false;
        if (Anomalies is not null && !Array.TrueForAll(computed, tensor => tensor is null || AnomalySources.IsFinite(tensor)))
        {
            // The long way tells which operation made it.
            foreach (Tensor? tensor in computed) tensor?.Buffer.Release();
            return false;
        }

        Variable?[] contributions = Array.ConvertAll(computed, tensor => tensor is null ? null : Own(tensor));
        Add(entry, own, contributions.AsSpan(0, count), adjoints, sums, accumulates: false, record: false, observer: null);
        Add(maker, ofMaker, contributions.AsSpan(count), adjoints, sums, accumulates: false, record: false, observer: null);
        return true;
    }

    /// <summary>Adds contributions to the adjoints of an entry's operands.</summary>
    private void Add(
        Entry entry, ReadOnlySpan<bool> needed, ReadOnlySpan<Variable?> contributions, Variable?[] adjoints, bool[] sums, bool accumulates, bool record, ReverseObserver? observer)
    {
        ReadOnlySpan<Variable> operands = entry.OperandSpan;
        for (int k = 0; k < contributions.Length; k++)
        {
            if (contributions[k] is not { } contribution || !needed[k]) continue;
            if (contribution.Shape != operands[k].Shape)
            {
                throw new InvalidOperationException($"{entry.Rule.Name}: expected a gradient of shape {operands[k].Shape} for operand {k}, got {contribution.Shape}. Its Vjp must sum over what was broadcast.");
            }

            Anomalies?.Inspect(contribution.Value, scope, derivative);
            ref Variable? total = ref adjoints[operands[k].Slot];
            ref bool isSum = ref sums[operands[k].Slot];
            if (total is null || accumulates) (total, isSum) = (contribution, false);
            else if (isSum && !record && observer is null && Anomalies is null) Elementwise.AddTo(total.Value, contribution.Value);
            else (total, isSum) = (total + contribution, true);
            observer?.Invoke(entry, k, contribution, total);
        }
    }
}
