using System.Runtime.InteropServices;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>Is told of each contribution to an adjoint, as the reverse pass makes it.</summary>
/// <param name="entry">The entry whose rule made it.</param>
/// <param name="operand">The position of the operand that it is for.</param>
/// <param name="contribution">What the operand's adjoint gains.</param>
/// <param name="total">The operand's adjoint so far.</param>
internal delegate void ReverseObserver(Entry entry, int operand, Variable contribution, Variable total);

/// <content>Derivatives: the reverse pass and the forward pass over what was recorded.</content>
public sealed partial class Tape
{
    /// <summary>The gradient of a single number with respect to parameters, for an optimizer to apply. Asking twice gives the same answer.</summary>
    /// <param name="y">A variable of one element, recorded on this tape.</param>
    /// <param name="parameters">Trainable parameters that y depends on.</param>
    /// <exception cref="ArgumentException">y has more than one element, or lives elsewhere.</exception>
    /// <exception cref="InvalidOperationException">y does not depend on a parameter, or the parameter is not trainable.</exception>
    public Gradients Gradient(Variable y, IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        IReadOnlyList<Parameter> asked = parameters as IReadOnlyList<Parameter> ?? [.. parameters];
        Variable[] leaves = Leaves(y, asked);
        Variable?[] adjoints = Reverse(y, leaves, Seed(y, null, record: false), record: false);
        (Parameter, Tensor)[] pairs = new (Parameter, Tensor)[leaves.Length];
        for (int i = 0; i < pairs.Length; i++) pairs[i] = (asked[i], adjoints[i]?.Value ?? throw NoPath(asked[i]));
        return new Gradients(pairs);
    }

    /// <summary>The same, each gradient handed over as soon as it is complete and its parameter is read no more.</summary>
    internal void Gradient(Variable y, IReadOnlyList<Parameter> parameters, IGradientReceiver receiver)
    {
        if (Anomalies is not null)
        {
            // Nothing is to be changed by a gradient that is not a number, nor before one that is not is found.
            foreach ((Parameter parameter, Tensor gradient) in Gradient(y, parameters)) receiver.Take(parameter, gradient);
            return;
        }

        Variable[] leaves = Leaves(y, parameters);
        int count = (y.Entry?.Index ?? -1) + 1;
        Handover handover = new(receiver, parameters, leaves, CollectionsMarshal.AsSpan(entries)[..count], slots);
        Reverse(y, leaves, Seed(y, null, record: false), record: false, handover: handover);
    }

    private Variable[] Leaves(Variable y, IReadOnlyList<Parameter> parameters)
    {
        RequireHere(y, nameof(y));
        Variable[] leaves = new Variable[parameters.Count];
        for (int i = 0; i < leaves.Length; i++) leaves[i] = watched?.GetValueOrDefault(parameters[i]) is { IsTracked: true } leaf ? leaf : throw NoPath(parameters[i]);
        return leaves;
    }

    /// <summary>The gradient of y with respect to x; zeros where y does not depend on x.</summary>
    /// <param name="y">A variable on this tape; of one element unless <paramref name="upstream"/> is given.</param>
    /// <param name="x">A watched variable, or any that was recorded on the way to y.</param>
    /// <param name="upstream">What y's elements are weighted by, in y's shape: the result is the vector-Jacobian product.</param>
    /// <param name="record">Whether the reverse pass is recorded too, so that the gradient can be differentiated again.</param>
    /// <exception cref="ArgumentException">y has more than one element and no upstream is given, or a variable lives elsewhere.</exception>
    public Variable Gradient(Variable y, Variable x, Variable? upstream = null, bool record = false) => Gradient(y, [x], upstream, record)[0];

    /// <summary>The gradients of y with respect to several variables in one reverse pass; zeros where y does not depend on one.</summary>
    /// <inheritdoc cref="Gradient(Variable, Variable, Variable, bool)"/>
    public Variable[] Gradient(Variable y, IReadOnlyList<Variable> xs, Variable? upstream = null, bool record = false)
    {
        ArgumentNullException.ThrowIfNull(xs);
        foreach (Variable x in xs) RequireTracked(x, nameof(xs));
        Variable?[] adjoints = Reverse(y, xs, Seed(y, upstream, record), record);
        return [.. xs.Select((x, i) => adjoints[i] ?? Constant(Tensor.Zeros(x.Shape, x.DType)))];
    }

    /// <summary>The Jacobian-vector product: how y moves when the xs move along the tangents, by pushing these along the recorded entries.</summary>
    /// <param name="y">A variable on this tape.</param>
    /// <param name="xs">Watched variables, or any that were recorded on the way to y.</param>
    /// <param name="tangents">One direction for each x, in its shape.</param>
    /// <param name="record">Whether the pass is recorded, so that the result can be differentiated again.</param>
    /// <returns>A variable of y's shape.</returns>
    /// <exception cref="ArgumentException">Counts or shapes differ, or a variable lives elsewhere.</exception>
    public Variable Jvp(Variable y, IReadOnlyList<Variable> xs, IReadOnlyList<Variable> tangents, bool record = false)
    {
        RequireHere(y, nameof(y));
        return Jvp([y], xs, tangents, record)[0];
    }

    /// <summary>The Jacobian-vector products of several variables in one forward pass.</summary>
    /// <param name="ys">Variables on this tape.</param>
    /// <param name="xs">Watched variables, or any that were recorded on the way to the ys.</param>
    /// <param name="tangents">One direction for each x, in its shape.</param>
    /// <param name="record">Whether the pass is recorded, so that the results can be differentiated again.</param>
    /// <returns>A variable of its shape for each y.</returns>
    /// <exception cref="ArgumentException">Counts or shapes differ, or a variable lives elsewhere.</exception>
    public Variable[] Jvp(IReadOnlyList<Variable> ys, IReadOnlyList<Variable> xs, IReadOnlyList<Variable> tangents, bool record = false)
    {
        ArgumentNullException.ThrowIfNull(ys);
        ArgumentNullException.ThrowIfNull(xs);
        ArgumentNullException.ThrowIfNull(tangents);
        foreach (Variable y in ys) RequireHere(y, nameof(ys));
        if (xs.Count != tangents.Count) throw new ArgumentException($"Tape.Jvp: expected one tangent for each of {xs.Count} variables, got {tangents.Count}.", nameof(tangents));

        Variable?[] moving = new Variable?[slots];
        for (int i = 0; i < xs.Count; i++)
        {
            RequireTracked(xs[i], nameof(xs));
            if (tangents[i].Shape != xs[i].Shape) throw new ArgumentException($"Tape.Jvp: expected a tangent of shape {xs[i].Shape}, got {tangents[i].Shape}.", nameof(tangents));
            Variable tangent = OnThisTape(tangents[i], record);
            moving[xs[i].Slot] = moving[xs[i].Slot] is { } twice ? twice + tangent : tangent;
        }

        int last = ys.Max(y => y.Entry?.Index) ?? -1;
        for (int i = 0; i <= last; i++)
        {
            Entry entry = entries[i];
            Variable?[] operandTangents = new Variable?[entry.Operands.Count];
            bool any = false;
            for (int k = 0; k < operandTangents.Length; k++)
            {
                Variable operand = entry.OperandSpan[k];
                operandTangents[k] = operand.IsTracked ? moving[operand.Slot] : null;
                any |= operandTangents[k] is not null;
            }

            if (!any) continue;
            using DerivativeExit exit = Differentiate(new Derivative(entry, Tangents: operandTangents));
            Variable? tangent = entry.Rule.Jvp(entry.Call(record), operandTangents);
            if (tangent is null) continue;
            if (tangent.Shape != entry.Output.Shape)
            {
                throw new InvalidOperationException($"{entry.Rule.Name}: expected a tangent of the output's shape {entry.Output.Shape}, got {tangent.Shape}. Its Jvp must broadcast.");
            }

            Anomalies?.Inspect(tangent.Value, scope, derivative);

            // An interior x moves by its own tangent and by what reaches it: as in reverse mode, derivatives are total.
            ref Variable? total = ref moving[entry.Output.Slot];
            total = total is null ? tangent : total + tangent;
        }

        return [.. ys.Select(y => (y.IsTracked ? moving[y.Slot] : null) ?? Constant(Tensor.Zeros(y.Shape, y.DType)))];
    }

    /// <summary>Adds the gradients of y to what the adjoints of the xs, each of which comes once, have gathered before; null where there is neither.</summary>
    internal Variable?[] Accumulate(Variable y, IReadOnlyList<Variable> xs, Variable seed, IReadOnlyList<Variable?> gathered, bool record) =>
        Reverse(y, xs, Seed(y, seed, record), record, gathered);

    /// <summary>Takes the gradient of y with respect to all that it was computed from, and tells of every contribution to an adjoint: for views. A tape keeps no adjoints itself.</summary>
    internal void Observe(Variable y, Variable upstream, bool record, ReverseObserver observer)
    {
        Variable seed = Seed(y, upstream, record);
        Variable[] leaves = [.. entries.SelectMany(entry => entry.Operands).Append(y).Where(variable => variable.IsTracked && variable.Entry is null)];
        Reverse(y, leaves, seed, record, observer: observer);
    }

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

    /// <summary>What is recorded until the result is disposed belongs to an entry's derivative, and to the layer that the entry belongs to.</summary>
    private DerivativeExit Differentiate(Derivative taken)
    {
        DerivativeExit exit = new(this);
        (scope, derivative) = (taken.Of!.Scope, taken);
        return exit;
    }

    private Variable Seed(Variable y, Variable? upstream, bool record)
    {
        RequireHere(y, nameof(y));
        if (upstream is null)
        {
            return y.Shape.ElementCount == 1
                ? Constant(Tensor.Ones(y.Shape, y.DType))
                : throw new ArgumentException($"Tape.Gradient: expected y of one element, got shape {y.Shape}. Reduce it with Op.Sum or Op.Mean, or pass upstream weights.", nameof(y));
        }

        return upstream.Shape == y.Shape
            ? OnThisTape(upstream, record)
            : throw new ArgumentException($"Tape.Gradient: expected upstream weights of shape {y.Shape}, got {upstream.Shape}.", nameof(upstream));
    }

    /// <summary>Weights and tangents as the pass needs them: on this tape, and tracked only where the pass is recorded.</summary>
    private Variable OnThisTape(Variable variable, bool record) => variable.Tape is null ? Constant(variable.Value) : record ? variable : variable.Untracked;

    private void RequireHere(Variable variable, string name)
    {
        ArgumentNullException.ThrowIfNull(variable, name);
        ThrowIfDisposed();
        if (!Records) throw new InvalidOperationException("Tape: expected a recording tape, got one made with record: false. Use new Tape() where gradients are wanted.");
        if (variable.Tape != this) throw new ArgumentException($"Tape: expected a variable of this tape, got {(variable.Tape is null ? "one without a tape" : "one of another tape")}.", name);
    }

    private void RequireTracked(Variable variable, string name)
    {
        RequireHere(variable, name);
        if (!variable.IsTracked) throw new ArgumentException("Tape: expected a watched or recorded variable, got a constant. Bring it in with tape.Watch instead of tape.Constant.", name);
    }

    private readonly ref struct DerivativeExit(Tape tape)
    {
        private readonly Scope? scope = tape.scope;
        private readonly Derivative derivative = tape.derivative;

        public void Dispose() => (tape.scope, tape.derivative) = (scope, derivative);
    }

    internal static InvalidOperationException NoPath(Parameter parameter) => new(parameter.Trainable
        ? $"Tape.Gradient: expected y to depend on parameter '{parameter.Name}', got no path between them on this tape. Leave it out, or use it in the forward pass."
        : $"Tape.Gradient: expected a trainable parameter, got '{parameter.Name}'. Ask for model.TrainableParameters.");
}
