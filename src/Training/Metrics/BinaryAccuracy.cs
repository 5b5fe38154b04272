using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// The share of elements that lie on their target's side of a threshold, from 0 to 1: right where a target of 1 is above it and one of 0 is not. Targets have as many elements as
/// the predictions. Keras's BinaryAccuracy.
/// </summary>
public sealed class BinaryAccuracy() : MeanMetric("binary_accuracy")
{
    /// <summary>What a prediction must be above to count as 1; 0.5 unless told otherwise, and 0 for logits.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are not as many targets as predictions.</exception>
    public override void Update(Tensor targets, Tensor predictions, Tensor? weights = null)
    {
        ElementPairs pairs = new(this, targets, predictions, weights);
        for (int i = 0; i < pairs.Count; i++) Add(pairs.Target(i) == (pairs.Prediction(i) > Threshold ? 1 : 0) ? 1 : 0, pairs.Weight(i));
    }
}
