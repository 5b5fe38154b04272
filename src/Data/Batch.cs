using Tapestry.Tensors;

namespace Tapestry.Data;

/// <summary>Some examples of a <see cref="DataSet"/> as a model takes them. The next step of the iteration writes over its tensors.</summary>
public sealed class Batch
{
    internal Batch(IReadOnlyList<Tensor> features, IReadOnlyList<Tensor> targets, Tensor? weights)
    {
        AllFeatures = features;
        AllTargets = targets;
        Weights = weights;
        Count = features[0].Shape[0];
    }

    /// <summary>[n, ...] of the type that <see cref="Batches"/> was made for. Pixels are scaled to 0 to 1.</summary>
    /// <exception cref="InvalidOperationException">There are several: <see cref="AllFeatures"/>.</exception>
    public Tensor Features => DataSet.Only(nameof(Batch), AllFeatures, "input", nameof(AllFeatures));

    /// <summary>Class labels [n] of I32, or [n, ...] of the features' type.</summary>
    /// <exception cref="InvalidOperationException">There are several: <see cref="AllTargets"/>.</exception>
    public Tensor Targets => DataSet.Only(nameof(Batch), AllTargets, "output", nameof(AllTargets));

    /// <summary><see cref="Features"/> for each of a model's inputs, in their order.</summary>
    public IReadOnlyList<Tensor> AllFeatures { get; }

    /// <summary><see cref="Targets"/> for each of a model's outputs, in their order.</summary>
    public IReadOnlyList<Tensor> AllTargets { get; }

    /// <summary>What each example counts in a loss, [n] of the features' type; null where all count alike.</summary>
    public Tensor? Weights { get; }

    /// <summary>The number of examples, n: the batch size, or fewer in the last batch.</summary>
    public int Count { get; }
}
