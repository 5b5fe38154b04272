using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// The share of rows in which the target's largest element stands among the k largest predictions; of equal predictions the first count. Targets are in the predictions' shape.
/// Keras's TopKCategoricalAccuracy.
/// </summary>
public sealed class TopKCategoricalAccuracy : MeanMetric
{
    /// <summary>Counts an answer as right where it is among the first k.</summary>
    /// <param name="k">1 or more; 5 unless told otherwise.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is below 1.</exception>
    public TopKCategoricalAccuracy(int k = 5)
        : base("top_k_categorical_accuracy")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        K = k;
    }

    /// <summary>How many of the largest predictions count.</summary>
    public int K { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public override void Update(Tensor targets, Tensor predictions, Tensor? weights = null)
    {
        Rows rows = Rows.OneHot(this, targets, predictions, weights);
        for (int i = 0; i < rows.Count; i++) Add(rows.IsAmongFirst(K, i) ? 1 : 0, rows.Weight(i));
    }
}
