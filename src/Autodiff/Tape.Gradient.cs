using System.Runtime.InteropServices;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <content>Derivatives of what was recorded, backward and forward.</content>
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
        if (Anomalies is not null || !y.IsTracked)
        {
            // Nothing is to be changed by a gradient that is not a number or is not there, nor before such a one is found.
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
