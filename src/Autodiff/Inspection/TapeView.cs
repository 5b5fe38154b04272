using Tapestry.Tensors;

namespace Tapestry.Autodiff.Inspection;

/// <summary>Whether a view asks for adjoints.</summary>
public enum Adjoints
{
    /// <summary>No reverse pass is run.</summary>
    None,

    /// <summary>A reverse pass is run, and its adjoints are kept.</summary>
    Kept,

    /// <summary>The reverse pass is recorded too, so that its operations appear on the tape.</summary>
    Recorded,
}

/// <summary>
/// A tape as an object to look at: what was recorded, with names, numbers and what is kept for derivatives; on request with the adjoints, which a tape does not keep by
/// itself. Everything is copied, so that a view outlives its tape. <see cref="TapeText"/>, <see cref="TapeDot"/>, <see cref="TapeMermaid"/> and <see cref="TapeJson"/> write it.
/// </summary>
public sealed class TapeView
{
    internal TapeView(string title, int? output, IReadOnlyList<TapeNode> nodes, IReadOnlyList<TapeStep> steps, SavedTotal saved) =>
        (Title, Output, Nodes, Steps, Saved) = (title, output, nodes, steps, saved);

    /// <summary>What the view is of: an expression, a model's name.</summary>
    public string Title { get; }

    /// <summary>The node that was asked for; null where none was.</summary>
    public int? Output { get; }

    /// <summary>The variables: named leaves that gradients flow to first, in the order of their names; all others as they come into use, each before what is made of it.</summary>
    public IReadOnlyList<TapeNode> Nodes { get; }

    /// <summary>What happened, in order.</summary>
    public IReadOnlyList<TapeStep> Steps { get; }

    /// <summary>What is kept for derivatives in all.</summary>
    public SavedTotal Saved { get; }

    /// <summary>Whether adjoints were asked for.</summary>
    public bool HasAdjoints => Steps.Any(step => step.Phase == TapePhase.Reverse);

    /// <summary>Looks at everything that has been recorded on a tape.</summary>
    /// <param name="tape">A tape that is alive.</param>
    /// <param name="output">What the tape was recorded for; adjoints are its derivatives.</param>
    /// <param name="names">Names for variables of the tape. Parameters bring their own.</param>
    /// <param name="adjoints">Whether a reverse pass is run from the output.</param>
    /// <param name="title">What the view is of.</param>
    /// <param name="upstream">The output's own adjoint, in its shape; ones unless told otherwise, which makes the adjoints those of the sum of its elements.</param>
    /// <exception cref="ArgumentException">Adjoints are asked for without an output, the upstream has another shape or type, or a variable lives elsewhere.</exception>
    /// <exception cref="ObjectDisposedException">The tape has been disposed.</exception>
    public static TapeView Of(
        Tape tape,
        Variable? output = null,
        IEnumerable<(Variable Variable, string Name)>? names = null,
        Adjoints adjoints = Adjoints.None,
        string title = "tape",
        Tensor? upstream = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(title);
        tape.ThrowIfDisposed();
        if (output is null && adjoints != Adjoints.None) throw new ArgumentException("TapeView: expected an output to take adjoints of, got none. Pass the variable that the tape was recorded for.", nameof(output));
        (Variable Variable, string Name)[] named = [.. names ?? []];
        if (named.Select(pair => pair.Variable).Append(output).Any(variable => variable is not null && variable.Tape != tape))
        {
            throw new ArgumentException("TapeView: expected variables of the tape, got one that lives elsewhere. Bring it in with tape.Watch or tape.Constant.");
        }

        if (upstream is not null && output is not null && upstream.DType != output.DType) throw new ArgumentException($"TapeView: expected an upstream of {output.DType}, got {upstream.DType}{upstream.Shape}. Convert with Cast.", nameof(upstream));
        return new TapeReader(tape, output, named, adjoints, upstream).Read(title);
    }
}

/// <summary>What a tape keeps for derivatives, each buffer counted once, however many entries save it or views of it.</summary>
/// <param name="Buffers">How many buffers.</param>
/// <param name="Bytes">Their bytes together.</param>
/// <param name="LeafBytes">Those among them that hold leaves: inputs, parameters, constants. Most of these would be there without the tape.</param>
public sealed record SavedTotal(int Buffers, long Bytes, long LeafBytes);
