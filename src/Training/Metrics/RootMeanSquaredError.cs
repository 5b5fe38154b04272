using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>√(mean (y - t)²) over all elements. Targets have as many elements as the predictions. Keras's RootMeanSquaredError.</summary>
public sealed class RootMeanSquaredError() : MeanMetric("root_mean_squared_error")
{
    /// <inheritdoc/>
    public override double Result => Math.Sqrt(base.Result);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are not as many targets as predictions.</exception>
    public override void Update(Tensor targets, Tensor predictions, Tensor? weights = null)
    {
        ElementPairs pairs = new(this, targets, predictions, weights);
        for (int i = 0; i < pairs.Count; i++)
        {
            double error = pairs.Prediction(i) - pairs.Target(i);
            Add(error * error, pairs.Weight(i));
        }
    }
}
