using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>
/// A tensor, the tape it lives on (or none), and the entry that made it (or none). Operations take and give variables; without a tape they just compute.
/// A tensor converts to a variable without a tape, so that every operation also takes plain tensors.
/// </summary>
public sealed class Variable
{
    private Variable? detached;
    private Variable? origin;
    private bool isSigmoid;

    internal Variable(Tensor value, Tape? tape = null, Entry? entry = null, int slot = -1)
    {
        Value = value;
        Tape = tape;
        Entry = entry;
        Slot = slot;
    }

    /// <summary>The numbers. Those that an operation on a tape computed belong to the tape and end with it; <see cref="Detach"/> copies them out.</summary>
    public Tensor Value { get; }

    /// <summary>The tape that the variable lives on, or null.</summary>
    public Tape? Tape { get; }

    /// <summary>The entry of the tape that made the variable; null for leaves, and for what was computed without being recorded.</summary>
    public Entry? Entry { get; }

    /// <summary>Whether gradients can flow to the variable: it is watched, or recorded.</summary>
    public bool IsTracked => Slot >= 0;

    /// <summary>The sizes of the axes.</summary>
    public Shape Shape => Value.Shape;

    /// <summary>The element type.</summary>
    public DType DType => Value.DType;

    /// <summary>
    /// What a softmax over the last axis was taken of. Cross-entropy computes from these where it finds them, which is stable where probabilities round to 0.
    /// Set by <see cref="Op.Softmax"/> alone; the result of any other operation has none.
    /// </summary>
    public Variable? Logits
    {
        get => isSigmoid ? null : origin;
        internal set => origin = value;
    }

    /// <summary>
    /// What a sigmoid was taken of, ln(p/(1 - p)). Binary cross-entropy computes from it where it finds it, as with <see cref="Logits"/>. Set by <see cref="Op.Sigmoid"/> alone.
    /// </summary>
    public Variable? LogOdds
    {
        get => isSigmoid ? origin : null;
        internal set => (origin, isSigmoid) = (value, true);
    }

    /// <summary>The variable's place among those that the tape tracks, or -1.</summary>
    internal int Slot { get; }

    /// <summary>The same numbers on the same tape, untracked: what derivative rules get, so that nothing of the reverse pass is recorded.</summary>
    internal Variable Untracked => IsTracked ? detached ??= new Variable(Value, Tape) : this;

    /// <summary>A variable without a tape: a constant.</summary>
    public static implicit operator Variable(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(value);
    }

    /// <summary>A variable without a tape: a constant.</summary>
    public static Variable FromTensor(Tensor value) => value;

    /// <summary>A copy of the numbers that outlives the tape.</summary>
    public Tensor Detach() => Value.Clone();

    /// <summary>The same elements in another shape; one size may be -1. See <see cref="Op.Reshape"/>.</summary>
    public Variable Reshape(params ReadOnlySpan<int> sizes) => Shape.Is(sizes) ? this : Op.Reshape(this, Shape.Infer(sizes, Shape.ElementCount));

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();

#pragma warning disable CA2225 // The named alternates are the operations: Op.Add, Op.Subtract, ...
    /// <inheritdoc cref="Op.Add"/>
    public static Variable operator +(Variable x, Variable y) => Op.Add(x, y);

    /// <inheritdoc cref="Op.Add"/>
    public static Variable operator +(Variable x, double y) => Op.Add(x, Number(x, y));

    /// <inheritdoc cref="Op.Add"/>
    public static Variable operator +(double x, Variable y) => Op.Add(Number(y, x), y);

    /// <inheritdoc cref="Op.Subtract"/>
    public static Variable operator -(Variable x, Variable y) => Op.Subtract(x, y);

    /// <inheritdoc cref="Op.Subtract"/>
    public static Variable operator -(Variable x, double y) => Op.Subtract(x, Number(x, y));

    /// <inheritdoc cref="Op.Subtract"/>
    public static Variable operator -(double x, Variable y) => Op.Subtract(Number(y, x), y);

    /// <inheritdoc cref="Op.Negate"/>
    public static Variable operator -(Variable x) => Op.Negate(x);

    /// <inheritdoc cref="Op.Multiply"/>
    public static Variable operator *(Variable x, Variable y) => Op.Multiply(x, y);

    /// <inheritdoc cref="Op.Multiply"/>
    public static Variable operator *(Variable x, double y) => Op.Multiply(x, Number(x, y));

    /// <inheritdoc cref="Op.Multiply"/>
    public static Variable operator *(double x, Variable y) => Op.Multiply(Number(y, x), y);

    /// <inheritdoc cref="Op.Divide"/>
    public static Variable operator /(Variable x, Variable y) => Op.Divide(x, y);

    /// <inheritdoc cref="Op.Divide"/>
    public static Variable operator /(Variable x, double y) => Op.Divide(x, Number(x, y));

    /// <inheritdoc cref="Op.Divide"/>
    public static Variable operator /(double x, Variable y) => Op.Divide(Number(y, x), y);
#pragma warning restore CA2225

    /// <summary>A number as an operand beside a variable, in that variable's type.</summary>
    private static Variable Number(Variable beside, double value)
    {
        ArgumentNullException.ThrowIfNull(beside);
        return Tensor.Scalar(value, beside.DType);
    }
}
