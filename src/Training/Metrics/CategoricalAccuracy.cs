using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>The share of rows whose largest prediction, the first of equals, stands where the target's largest does. Targets are in the predictions' shape. Keras's CategoricalAccuracy.</summary>
public sealed class CategoricalAccuracy() : MeanMetric("categorical_accuracy")
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public override void Update(Tensor targets, Tensor predictions, Tensor? weights = null)
    {
        Rows rows = Rows.OneHot(this, targets, predictions, weights);
        for (int i = 0; i < rows.Count; i++) Add(rows.Wanted(i) == rows.Given(i) ? 1 : 0, rows.Weight(i));
    }
}
