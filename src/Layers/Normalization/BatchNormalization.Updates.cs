using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <content>How the moving statistics follow the batches': at once, or when <see cref="RunUpdates"/> is called.</content>
public sealed partial class BatchNormalization
{
    private readonly Queue<(Parameter Moving, Tensor Value)> pending = [];

    /// <summary>How many updates wait for <see cref="RunUpdates"/>; 0 unless <see cref="Updates"/> are deferred.</summary>
    public int PendingUpdates => pending.Count;

    /// <summary>The names of the statistics that a training pass updates, in order: the book's <c>layer.updates</c>.</summary>
    public override IReadOnlyList<string> UpdateNames => By == NormalizeBy.Mode ? [.. Moving.Select(parameter => parameter.Name)] : [];

    private IEnumerable<Parameter> Moving => new[] { movingMean, movingDeviation, movingSpread, renormMean, renormDeviation, batches }.OfType<Parameter>();

    /// <summary>Carries out the updates that wait, in the order in which the passes queued them. Nothing happens where none do.</summary>
    public void RunUpdates()
    {
        while (pending.TryDequeue(out (Parameter Moving, Tensor Value) update)) Apply(update.Moving, update.Value);
    }

    /// <summary>Moves the statistics towards the batch's; under virtual batches towards the mean over the groups.</summary>
    private void Update(Moments batch)
    {
        Variable mean = Overall(batch.Mean), variance = Overall(batch.Variance);
        Queue(MovingMean, mean);
        if (Renorm is not null)
        {
            Variable deviation = Op.Sqrt(variance + Epsilon);
            Queue(movingDeviation!, deviation);
            Queue(renormMean!, mean);
            Queue(renormDeviation!, deviation);
            return;
        }

        if (Correction == VarianceCorrection.Bessel)
        {
            // Group by group: under a mask virtual batches count differently.
            Tensor counts = batch.Count.Value;
            variance = Overall((Variable)batch.Variance.Value * counts / ((Variable)counts - 1));
        }

        Queue(MovingVariance, Stored == StoredStatistic.InverseDeviation ? Overall(1 / Op.Sqrt(batch.Variance + Epsilon)) : variance);
    }

    /// <summary>A statistic without its groups, in a moving statistic's shape, as a constant to the tape.</summary>
    private Variable Overall(Variable statistic)
    {
        Variable value = statistic.Tape?.Constant(statistic.Value) ?? statistic.Value;
        if (value.Shape.Rank > broadcast.Rank) value = Op.Mean(value, VirtualBatches!.Grouping == Grouping.Strided ? 1 : 0);
        return value.Shape.ElementCount == 1 ? value.Reshape() : Op.Reshape(value, MovingMean.Shape);
    }

    private void Queue(Parameter moving, Variable value) => Queue(moving, (value.Shape == moving.Shape ? value : Op.BroadcastTo(value, moving.Shape)).Value);

    private void Queue(Parameter moving, Tensor value)
    {
        if (Updates == UpdateTiming.Deferred) pending.Enqueue((moving, value.Clone()));
        else Apply(moving, value);
    }

    /// <summary>moving = momentum·moving + (1 - momentum)·value, written into the parameter.</summary>
    private void Apply(Parameter moving, Tensor value)
    {
        Elementwise.Blend(moving.Value, value, Keep(moving));
        if (moving != movingDeviation) return;

        // With renormalization the variance follows from the averaged deviation, and is not averaged itself (batchnorm.md E8).
        using Tape arena = new(record: false);
        MovingVariance.Value.CopyFrom(Op.Relu(Op.Square(arena.Constant(moving.Value)) - Epsilon).Value);
    }

    /// <summary>The weight of the old value: momentum, or (n - 1)/n at the n-th batch. The mean comes first of its batch, and counts it.</summary>
    private double Keep(Parameter moving)
    {
        if (Renorm is not null && (moving == renormMean || moving == renormDeviation)) return Renorm.Momentum;
        if (batches is null) return Momentum;
        if (moving == movingMean) batches.Value.CopyFrom(Tensor.Scalar(batches.Value.ToScalar() + 1, batches.Value.DType));
        return 1 - (1 / batches.Value.ToScalar());
    }
}
