using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <content>Functions that run apart from the tape that they are called on, and run again later: <see cref="Op.Checkpoint(Func{Variable, Variable}, Variable)"/>.</content>
public sealed partial class Tape
{
    private Queue<Rng>? draws;

    /// <summary>
    /// Whether a function is being replayed that has run before: a layer that changes something in itself, as moving statistics are, does so in the first run and leaves it be in
    /// a replay.
    /// </summary>
    public bool IsReplay => draws is not null || Capturing is { Around.IsReplay: true };

    /// <summary>Where the function that runs on the tape is to be replayed later: what it takes from around it; null otherwise.</summary>
    internal Captured? Capturing { get; init; }

    /// <summary>
    /// The generator to draw from on this tape: the one given, except in a replay, where it is another that draws the same numbers again and leaves the one given as it is. Ask
    /// each time before drawing: <c>x.Tape?.DrawFrom(rng) ?? rng</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">A replay draws more often than the first run did.</exception>
    public Rng DrawFrom(Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        if (draws is null) return Capturing?.Take(rng) ?? rng;
        return draws.TryDequeue(out Rng? again) ? again : throw new InvalidOperationException("Tape.DrawFrom: expected a replay to draw as often as the first run, got one draw more. Does the function change what it does from run to run?");
    }

    /// <summary>A tape for what runs apart from another one and is thrown away afterwards: it goes on with what that one was set up for.</summary>
    /// <param name="around">The other one; null where there is none.</param>
    /// <param name="record">Whether gradients are taken on it.</param>
    /// <param name="capturing">What is taken down of a function's first run; null otherwise.</param>
    internal static Tape Apart(Tape? around, bool record, Captured? capturing = null) => new(record) { Capturing = capturing, Held = around?.Held, Anomalies = around?.Anomalies, Composed = around?.Composed ?? false, scope = around?.scope };

    /// <summary>Whether a function runs on this tape apart from another, at any depth.</summary>
    internal bool IsInside(Tape other) => Capturing is { Around: { } around } && (around == other || around.IsInside(other));

    /// <summary>Lets a function run as it did, until the result is disposed: with variables in place of the parameters that it captured, and the generators where they stood.</summary>
    internal ReplayExit Replay(Captured captured, IReadOnlyList<Variable> parameters)
    {
        ReplayExit exit = new(this);
        draws = captured.Draws();
        watched = captured.Parameters.Zip(parameters).ToDictionary();
        return exit;
    }

    /// <summary>Lets go of a result, whose storage the tape then no longer gives back. What it did not own stays with its owner.</summary>
    internal bool LetGo(Tensor result)
    {
        int i = owned.FindLastIndex(tensor => tensor.Buffer == result.Buffer);
        if (i >= 0) owned.RemoveAt(i);
        return i >= 0;
    }

    /// <summary>Hands a result over to another tape, or to nobody.</summary>
    internal Variable HandOver(Variable result, Tape? other)
    {
        bool wasOwned = LetGo(result.Value);
        return other is null ? result.Value : wasOwned ? other.Own(result.Value) : other.Constant(result.Value);
    }

    /// <summary>Ends a replay when disposed.</summary>
    internal readonly ref struct ReplayExit(Tape tape)
    {
        private readonly Queue<Rng>? draws = tape.draws;
        private readonly Dictionary<Parameter, Variable>? watched = tape.watched;

        public void Dispose() => (tape.draws, tape.watched) = (draws, watched);
    }
}
