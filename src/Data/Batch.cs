using Tapestry.Tensors;

namespace Tapestry.Data;

/// <summary>Some examples of a <see cref="DataSet"/> as a model takes them. The next step of the iteration writes over its tensors.</summary>
public sealed class Batch
{
    internal Batch(Tensor features, Tensor targets, Tensor? weights)
    {
        Features = features;
        Targets = targets;
        Weights = weights;
    }

    /// <summary>[n, ...] of the type that <see cref="Batches"/> was made for. Pixels are scaled to 0 to 1.</summary>
    public Tensor Features { get; }

    /// <summary>Class labels [n] of I32, or [n, ...] of the features' type.</summary>
    public Tensor Targets { get; }

    /// <summary>What each example counts in a loss, [n] of the features' type; null where all count alike.</summary>
    public Tensor? Weights { get; }

    /// <summary>The number of examples, n: the batch size, or fewer in the last batch.</summary>
    public int Count => Features.Shape[0];
}
