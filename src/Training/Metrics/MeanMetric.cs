namespace Tapestry.Training;

/// <summary>What metrics share that are a mean over the examples, or over their elements: Σ w·v/Σ w with the examples' weights w.</summary>
/// <param name="name">Keras's name.</param>
public abstract class MeanMetric(string name) : Metric(name)
{
    private double sum;
    private double weight;

    /// <inheritdoc/>
    public override double Result => weight == 0 ? double.NaN : sum / weight;

    /// <inheritdoc/>
    public sealed override IReadOnlyList<double> State
    {
        get => [sum, weight];
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            (sum, weight) = (value[0], value[1]);
        }
    }

    /// <inheritdoc/>
    public sealed override void Reset() => (sum, weight) = (0, 0);

    /// <summary>Takes a value in.</summary>
    /// <param name="value">The value.</param>
    /// <param name="counts">Its weight.</param>
    protected void Add(double value, double counts)
    {
        // What has no weight counts as 0 even where it is infinite.
        if (counts != 0) sum += value * counts;
        weight += counts;
    }
}
