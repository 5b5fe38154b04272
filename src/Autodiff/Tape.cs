using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>
/// Records operations in the order in which they run, so that gradients can be taken by walking the record backward. It owns the results that it records, and gives
/// their memory back when disposed: <c>using var tape = new Tape();</c>. A tape that is never disposed is safe too, only slower. Not thread-safe.
/// </summary>
public sealed partial class Tape : IDisposable
{
    /// <summary>A layer or a few bring as many parameters; room for them at once costs less than to grow.</summary>
    private const int SomeParameters = 16;

    private readonly List<Entry> entries = [];
    private readonly List<Tensor> owned = [];
    private Dictionary<string, List<Variable>>? tagged;
    private Dictionary<object, List<Variable>>? losses;
    private Dictionary<Parameter, Variable>? watched;
    private int slots;
    private Scope? scope;
    private Derivative derivative;
    private bool disposed;

    /// <summary>Starts an empty tape.</summary>
    /// <param name="record">False makes the inference arena: it owns results all the same, but records no entries and takes no gradients.</param>
    public Tape(bool record = true) => Records = record;

    /// <summary>What has been recorded, oldest first.</summary>
    public IReadOnlyList<Entry> Entries => entries;

    /// <summary>The bytes of the results that the tape owns and gives back at its end: those of operations on it, recorded or not, and of its reverse passes.</summary>
    public long OwnedBytes => owned.Sum(tensor => (long)tensor.ByteLength);

    /// <summary>Whether the tape records; false for an inference arena.</summary>
    internal bool Records { get; }

    /// <summary>The parameters that have been brought onto the tape, and what stands for each.</summary>
    internal IReadOnlyDictionary<Parameter, Variable> Watched => watched ??= [];

    /// <summary>
    /// Whether everything that is computed on the tape is searched for NaN and infinity, recorded or not; false unless told otherwise. The first that comes up throws an
    /// <see cref="AnomalyException"/>, which names the operation, the layer, the element and the operands that made it: log of 0, the root of a negative number, 0/0, an
    /// overflow. Every result is read once more for it; it changes none. What counts:
    /// <list type="bullet">
    /// <item>An infinity or NaN that an operation makes of finite numbers, and a NaN that it makes of infinities, forward and in derivatives.</item>
    /// <item>A NaN that comes in from outside, with a watched tensor or a constant, as soon as an operation's result has it.</item>
    /// <item>Any that a parameter has when the tape watches it.</item>
    /// <item>Not an infinity that an operand already has: masks are made of them on purpose. Nor what no result shows: the side that <see cref="Op.Where"/> does not choose.</item>
    /// </list>
    /// </summary>
    public bool DetectAnomaly
    {
        get => Anomalies is not null;
        init => Anomalies = value ? new AnomalyDetector() : null;
    }

    /// <summary>What searches for NaN and infinity; null where nothing does.</summary>
    internal AnomalyDetector? Anomalies { get; init; }

    /// <summary>
    /// Whether a fused operation is recorded as the operations that it is composed of, and not as one; false unless told otherwise. Values and gradients are equal but for
    /// rounding: it is for looking at what a layer does.
    /// </summary>
    public bool Composed { get; init; }

    /// <summary>What stopped gradients let through, where a check holds it; null otherwise.</summary>
    internal HeldValues? Held { get; init; }

    /// <summary>Brings a parameter onto the tape, once however often it is asked for. Gradients flow to it if it is trainable.</summary>
    /// <exception cref="AnomalyException">The parameter is not finite, and the tape looks for that.</exception>
    public Variable Watch(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        watched ??= new Dictionary<Parameter, Variable>(SomeParameters);
        if (!watched.TryGetValue(parameter, out Variable? variable))
        {
            Anomalies?.Inspect(parameter, scope);
            variable = Capturing?.Take(parameter, this) ?? (parameter.Trainable ? Watch(parameter.Value) : Constant(parameter.Value));
            watched[parameter] = variable;
        }

        return variable;
    }

    /// <summary>
    /// Lets a variable stand for a parameter on this tape from here on, so that what layers compute is differentiated with respect to the variable: for gradient
    /// checks of layers, and for functions of weights.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes or types differ, or the variable lives elsewhere.</exception>
    public void Bind(Parameter parameter, Variable variable)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(variable);
        if (variable.Tape != this) throw new ArgumentException($"Tape.Bind: expected a variable of this tape for '{parameter.Name}', got one that lives elsewhere.", nameof(variable));
        if (variable.Shape != parameter.Shape || variable.DType != parameter.Value.DType) throw new ArgumentException($"Tape.Bind: expected {parameter.Value.DType}{parameter.Shape} for '{parameter.Name}', got {variable.DType}{variable.Shape}.", nameof(variable));
        watched ??= [];
        watched[parameter] = variable;
    }

    /// <summary>Brings a tensor onto the tape as a variable that gradients flow to.</summary>
    /// <exception cref="ArgumentException">The tensor is not F32 or F64.</exception>
    public Variable Watch(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        ThrowIfDisposed();
        if (!value.DType.IsFloat()) throw new ArgumentException($"Tape.Watch: expected F32 or F64, got {value.DType}{value.Shape}. Integers have no gradient; use Constant.", nameof(value));
        return new Variable(value, this, slot: Records ? slots++ : -1);
    }

    /// <summary>Brings a tensor onto the tape without a gradient: the input of a model.</summary>
    public Variable Constant(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        ThrowIfDisposed();
        return new Variable(value, this);
    }

    /// <summary>
    /// Names what is computed until the result is disposed; inside another scope it is a part of that one: <c>using (tape.EnterScope("dense_1")) ...</c>. Layers do this.
    /// </summary>
    public ScopeExit EnterScope(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ScopeExit exit = new(this, scope);
        if (Records || DetectAnomaly) scope = new Scope(name, scope);
        return exit;
    }

    /// <summary>
    /// Puts a variable of this tape into a group of one's own, to be found there after the forward pass. One inside an <see cref="Op.Checkpoint(Func{Variable, Variable}, Variable)"/>
    /// is not kept, and so not found.
    /// </summary>
    /// <exception cref="ArgumentException">The variable lives elsewhere.</exception>
    public void Tag(Variable variable, string tag)
    {
        ArgumentNullException.ThrowIfNull(variable);
        ArgumentException.ThrowIfNullOrEmpty(tag);
        if (variable.Tape != this) throw new ArgumentException($"Tape.Tag: expected a variable of this tape for '{tag}', got one that lives elsewhere.", nameof(variable));
        if (IsReplay) return;
        tagged ??= [];
        if (!tagged.TryGetValue(tag, out List<Variable>? group)) tagged[tag] = group = [];
        group.Add(variable);
    }

    /// <summary>The variables of a group, in the order in which they were put there; none where nothing was.</summary>
    public IReadOnlyList<Variable> Tagged(string tag) => tagged is not null && tagged.TryGetValue(tag, out List<Variable>? group) ? group : [];

    /// <summary>
    /// Keeps a term that is to be added to the loss, by whoever asks for the owner's: a penalty on what a layer gives. Keras's <c>add_loss</c>. One inside an
    /// <see cref="Op.Checkpoint(Func{Variable, Variable}, Variable)"/> is not kept.
    /// </summary>
    /// <param name="owner">Whose term it is.</param>
    /// <param name="term">One number on this tape.</param>
    /// <exception cref="ArgumentException">The variable lives elsewhere, or is more than one number.</exception>
    public void AddLoss(object owner, Variable term)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(term);
        if (term.Tape != this || term.Shape.Rank != 0) throw new ArgumentException($"Tape.AddLoss: expected one number of this tape, got {term.Shape} of {(term.Tape == this ? "it" : "elsewhere")}.", nameof(term));
        if (IsReplay) return;
        losses ??= new Dictionary<object, List<Variable>>(ReferenceEqualityComparer.Instance);
        if (!losses.TryGetValue(owner, out List<Variable>? terms)) losses[owner] = terms = [];
        terms.Add(term);
    }

    /// <summary>The terms of an owner, in the order in which they were added; none where nothing was.</summary>
    public IReadOnlyList<Variable> LossesOf(object owner) => losses is not null && losses.TryGetValue(owner, out List<Variable>? terms) ? terms : [];

    /// <summary>Gives the memory of everything that was computed on the tape back. Touching such a tensor afterwards throws.</summary>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        ReleaseFrom(0);
        entries.Clear();
        (watched, tagged, losses) = (null, null, null);
    }

    /// <summary>How many results the tape owns: a mark to go back to with <see cref="ReleaseFrom"/>.</summary>
    internal int OwnedCount => owned.Count;

    /// <summary>Gives the memory of what was computed since a mark back: after a pass that was not recorded, when its result has been copied out.</summary>
    internal void ReleaseFrom(int mark)
    {
        for (int i = mark; i < owned.Count; i++) owned[i].Buffer.Release();
        owned.RemoveRange(mark, owned.Count - mark);
    }

    /// <summary>Takes a kernel's result over as an untracked variable.</summary>
    internal Variable Own(Tensor result)
    {
        owned.Add(result);
        return new Variable(result, this);
    }

    /// <summary>Takes the result of an operation over, and records it if an operand is tracked.</summary>
    internal Variable Record(Rule rule, ReadOnlySpan<Variable> operands, Tensor result)
    {
        ThrowIfDisposed();
        bool isView = false, tracked = false;
        foreach (Variable operand in operands)
        {
            isView |= operand.Value.Buffer == result.Buffer;
            tracked |= operand.IsTracked;
        }

        // The storage of a view belongs to whoever owns the operand: the user, a parameter, or already this tape.
        if (!isView) owned.Add(result);
        Anomalies?.Inspect(rule, operands, result, scope, derivative);
        if (!tracked) return new Variable(result, this);

        Entry entry = new(entries.Count, rule, operands.ToArray(), result, this, slots++, scope, derivative.Of);
        entries.Add(entry);
        return entry.Output;
    }

    /// <summary>Ends a scope when disposed.</summary>
    public readonly ref struct ScopeExit
    {
        private readonly Tape tape;
        private readonly Scope? outer;

        internal ScopeExit(Tape tape, Scope? outer)
        {
            this.tape = tape;
            this.outer = outer;
        }

        /// <summary>Goes back to the scope around it.</summary>
        public void Dispose() => tape.scope = outer;
    }

    internal void ThrowIfDisposed()
    {
        if (disposed)
        {
            throw new ObjectDisposedException(nameof(Tape), "Tape: expected a tape that is alive, got one that has been disposed. Keep the work inside its using block.");
        }
    }
}
