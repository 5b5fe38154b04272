using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <content>What is refused: batches without statistics, a second input, axes and options that do not fit.</content>
public sealed partial class BatchNormalization
{
    /// <summary>Refuses batches of finite numbers whose statistics would not be: a NaN in the moving statistics stays there for ever.</summary>
    private void Refuse(Moments batch)
    {
        RefuseFewer(batch.Count.Value.ToDoubles().DefaultIfEmpty(0).Min());
        if (Epsilon == 0 && batch.Variance.Value.ToDoubles().Any(variance => variance == 0)) throw new ArgumentException($"{this}: expected values that differ where epsilon is 0, got a feature of variance 0. Use an epsilon above 0.");
    }

    /// <summary>Refuses statistics of so few elements that there are none.</summary>
    private void RefuseFewer(double fewest)
    {
        if (fewest < 1) throw new ArgumentException($"{this}: expected at least one example to take statistics of, got none. Is everything masked?");
        if (Correction == VarianceCorrection.Bessel && fewest < 2) throw new ArgumentException($"{this}: expected at least two values for Bessel's correction, got one. Use Biased, or a larger batch.");
    }

    private const string NoSharing = "You are attempting to share a same `BatchNormalization` layer across different data flows. This is not possible. Use By = NormalizeBy.Batch (mode 2), which has no moving statistics that would mix.";

    /// <inheritdoc/>
    internal override void RefuseSharing()
    {
        if (Dialect.RefusesSharing && By == NormalizeBy.Mode) throw new ArgumentException($"{this}: expected one input in a graph, got a second one. {NoSharing}");
    }

    private void RefuseSharing(Variable x)
    {
        if (!Dialect.RefusesSharing || By != NormalizeBy.Mode || x.Tape is not { } tape) return;
        if (!inputs.TryGetValue(tape, out Variable? first)) inputs.Add(tape, first = x);
        if (first.Value != x.Value) throw new InvalidOperationException($"{this}: expected one input on a tape, got a second one. {NoSharing}");
    }

    /// <summary>The kept axes, counted from the front with the batch axis, after checking that they fit the input and the options.</summary>
    private int[] Kept(Shape inputShape)
    {
        int rank = inputShape.Rank + 1;
        int[] kept;
        try
        {
            kept = Reduce is null ? Axis.Resolve(rank) : [.. Reduce.Complement(rank)];
        }
        catch (ArgumentException)
        {
            throw new ArgumentException($"{this}: expected each axis once and inside input of shape {Batched(inputShape)}, got axis {Reduce ?? Axis}.", nameof(inputShape));
        }

        if (VirtualBatches is not null && Adjustment is not null) throw new ArgumentException($"{this}: expected virtual batches or an adjustment, got both. An adjustment is made for the whole batch's shape.", nameof(inputShape));
        if (VirtualBatches is not null && kept is [0, ..]) throw new ArgumentException($"{this}: expected kept axes other than 0 under virtual batches, which split it, got axis {Reduce ?? Axis}.", nameof(inputShape));
        if (Renorm is not null && Stored != StoredStatistic.Variance) throw new ArgumentException($"{this}: expected the variance stored under renormalization, got {Stored}.", nameof(inputShape));
        if (kept.Length > 0 && kept[0] == 0 && BatchSize is null)
        {
            throw new ArgumentException($"{this}: expected kept axes other than 0, the batch's, whose size is not known, got axis {Reduce ?? Axis}. Statistics are taken over the batch.{(Reduce is null ? "" : " BatchNormLayer needs specified input sizes for all axes not normalized over: give BatchSize.")}", nameof(inputShape));
        }

        if (By == NormalizeBy.Sample && (kept.Length != 1 || kept[0] != rank - 1))
        {
            throw new ArgumentException($"{this}: expected the last axis where each sample is normalized over it, got axis {Axis}. γ and β would not fit.", nameof(inputShape));
        }

        return kept;
    }
}
