using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// The share of examples whose answer is right, from 0 to 1. Class numbers are compared with the largest prediction of each row, the first of equals; one-hot targets
/// by their largest too; a single prediction per row is compared with its target by being above one half.
/// </summary>
public sealed class Accuracy : Metric
{
    private long right;
    private long seen;

    /// <inheritdoc/>
    public override string Name => "accuracy";

    /// <inheritdoc/>
    public override double Result => seen == 0 ? double.NaN : (double)right / seen;

    /// <inheritdoc/>
    public override IReadOnlyList<double> State
    {
        get => [right, seen];
        set => (right, seen) = ((long)value[0], (long)value[1]);
    }

    /// <inheritdoc/>
    public override void Reset() => (right, seen) = (0, 0);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shapes do not belong together.</exception>
    public override void Update(Tensor targets, Tensor predictions)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(predictions);
        if (predictions.Rank == 0) throw Mismatch(targets, predictions);
        Tensor expected = targets, answered = predictions;
        if (predictions.Shape[-1] > 1)
        {
            answered = Reduce.ArgMax(predictions);
            if (targets.Shape == predictions.Shape) expected = Reduce.ArgMax(targets);
        }

        if (expected.Length != answered.Length) throw Mismatch(targets, predictions);
        double threshold = answered.DType.IsFloat() ? 0.5 : double.NaN;
        double[] wanted = expected.ToDoubles(), given = answered.ToDoubles();
        for (int i = 0; i < wanted.Length; i++)
        {
            bool isRight = double.IsNaN(threshold) ? wanted[i] == given[i] : wanted[i] > threshold == given[i] > threshold;
            if (isRight) right++;
        }

        seen += wanted.Length;
    }

    private static ArgumentException Mismatch(Tensor targets, Tensor predictions) =>
        new($"Accuracy: expected one target for each row of predictions {predictions.Shape}, got targets {targets.Shape}.");
}
