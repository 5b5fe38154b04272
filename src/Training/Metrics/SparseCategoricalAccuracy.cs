using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>The share of rows whose largest prediction, the first of equals, stands at the target's class number. Keras's SparseCategoricalAccuracy.</summary>
public sealed class SparseCategoricalAccuracy() : MeanMetric("sparse_categorical_accuracy")
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is not one class number for each row.</exception>
    public override void Update(Tensor targets, Tensor predictions, Tensor? weights = null)
    {
        Rows rows = Rows.Sparse(this, targets, predictions, weights);
        for (int i = 0; i < rows.Count; i++) Add(rows.Wanted(i) == rows.Given(i) ? 1 : 0, rows.Weight(i));
    }
}
