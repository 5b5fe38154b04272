using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>A number that is gathered batch by batch and read at the end of an epoch.</summary>
/// <param name="name">Keras's name.</param>
public abstract class Metric(string name)
{
    /// <summary>What it is called in the history; Keras's name, such as <c>accuracy</c>, unless told otherwise.</summary>
    public string Name { get; init; } = name;

    /// <summary>The value over everything since the last <see cref="Reset"/>; NaN over nothing.</summary>
    public abstract double Result { get; }

    /// <summary>Everything that has been gathered, as numbers, always as many: what a checkpoint in the middle of an epoch saves.</summary>
    public abstract IReadOnlyList<double> State { get; set; }

    /// <summary>Forgets everything.</summary>
    public abstract void Reset();

    /// <summary>Takes a batch in.</summary>
    /// <param name="targets">[N] class numbers or [N, ...] numbers.</param>
    /// <param name="predictions">[N, ...]</param>
    /// <param name="weights">What each example counts, [N]; null, the default, counts each once.</param>
    /// <exception cref="ArgumentException">The shapes do not belong together.</exception>
    public abstract void Update(Tensor targets, Tensor predictions, Tensor? weights = null);
}
