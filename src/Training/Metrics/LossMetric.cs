using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// The mean of a loss over the examples: <c>new LossMetric(Losses.MeanAbsoluteError)</c>, called <c>mean_absolute_error</c>. Weighed it is Σ w·l/Σ w. Keras's metrics of the
/// losses' names, and its MeanMetricWrapper.
/// </summary>
/// <param name="loss">A loss that gives a number for each example; its reduction is not used.</param>
public sealed class LossMetric(Loss loss) : MeanMetric((loss ?? throw new ArgumentNullException(nameof(loss))).Name)
{
    /// <summary>The mean of a loss that is a function.</summary>
    /// <param name="loss">What gives a number for each example, or one of <see cref="Losses"/>.</param>
    public LossMetric(LossFunction loss)
        : this(Loss.From(loss))
    {
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shapes or types do not belong together, or the loss gives one number only.</exception>
    public override void Update(Tensor targets, Tensor predictions, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(predictions);
        Tensor losses = loss.PerExample(targets, predictions).Value;
        if (losses.Rank == 0) throw new ArgumentException($"{loss}: expected a loss for each example, to take their mean over all batches, got one number.", nameof(predictions));
        Rows.CheckWeights(this, weights, losses.Shape[0]);
        Numbers values = new(losses), counts = weights is null ? default : new(weights);
        int perExample = losses.Shape[0] == 0 ? 1 : losses.Length / losses.Shape[0];
        for (int i = 0; i < values.Length; i++) Add(values[i], weights is null ? 1 : counts[i / perExample]);
    }
}
