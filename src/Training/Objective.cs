namespace Tapestry.Training;

/// <summary>
/// What one output of a model is trained for, and what is measured of it. A <see cref="Trainer"/> takes one for each output, in the outputs' order:
/// <code>
/// Trainer trainer = new(model, new Adam(),
/// [
///     new(Losses.SparseCategoricalCrossentropy),
///     new(Losses.MeanSquaredError) { Weight = 0.2, Metrics = [new LossMetric(Losses.MeanAbsoluteError)] },
/// ]);
/// </code>
/// </summary>
/// <param name="Loss">What is to become small.</param>
public sealed record Objective(Loss Loss)
{
    /// <summary>What an output is trained for by a loss that is a function: one of <see cref="Losses"/>, or one's own.</summary>
    /// <param name="loss">What is to become small.</param>
    public Objective(LossFunction loss)
        : this(Loss.From(loss))
    {
    }

    /// <summary>What the loss is multiplied by in the total, a finite number; 1 unless told otherwise. Keras's <c>loss_weights</c>. What is measured is the loss without it.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>
    /// What is measured beside the loss, each example counting alike; null, the default, measures <see cref="Accuracy"/> where the output's targets are class numbers, and else nothing.
    /// </summary>
    public IReadOnlyList<Metric>? Metrics { get; init; }

    /// <summary>
    /// What is measured with the weights that the examples have in the loss, under the name <c>weighted_NAME</c>; nothing unless told otherwise. Keras's <c>weighted_metrics</c>.
    /// </summary>
    public IReadOnlyList<Metric> WeightedMetrics { get; init; } = [];
}
