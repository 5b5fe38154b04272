using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>A number that is gathered batch by batch and read at the end of an epoch.</summary>
public abstract class Metric
{
    /// <summary>Keras's name: <c>accuracy</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The value over everything since the last <see cref="Reset"/>; NaN over nothing.</summary>
    public abstract double Result { get; }

    /// <summary>Everything that has been gathered, as numbers, always as many: what a checkpoint in the middle of an epoch saves.</summary>
    public abstract IReadOnlyList<double> State { get; set; }

    /// <summary>Forgets everything.</summary>
    public abstract void Reset();

    /// <summary>Takes a batch in.</summary>
    /// <param name="targets">[N] class numbers or [N, ...] numbers.</param>
    /// <param name="predictions">[N, ...]</param>
    public abstract void Update(Tensor targets, Tensor predictions);
}
