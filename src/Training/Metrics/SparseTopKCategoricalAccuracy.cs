using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// The share of rows in which the target's class is among the k with the largest predictions; of equal predictions the first count. Targets are class numbers. Keras's
/// SparseTopKCategoricalAccuracy.
/// </summary>
public sealed class SparseTopKCategoricalAccuracy : MeanMetric
{
    /// <summary>Counts an answer as right where it is among the first k.</summary>
    /// <param name="k">1 or more; 5 unless told otherwise.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is below 1.</exception>
    public SparseTopKCategoricalAccuracy(int k = 5)
        : base("sparse_top_k_categorical_accuracy")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        K = k;
    }

    /// <summary>How many of the largest predictions count.</summary>
    public int K { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is not one class number for each row.</exception>
    public override void Update(Tensor targets, Tensor predictions, Tensor? weights = null)
    {
        Rows rows = Rows.Sparse(this, targets, predictions, weights);
        for (int i = 0; i < rows.Count; i++) Add(rows.IsAmongFirst(K, i) ? 1 : 0, rows.Weight(i));
    }
}
