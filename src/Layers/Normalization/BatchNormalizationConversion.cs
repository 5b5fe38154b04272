using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>What a layer says about the spread of its input, from which inference computes 1/√(σ² + ε).</summary>
public enum Spread
{
    /// <summary>σ².</summary>
    Variance,

    /// <summary>√(σ² + ε): renormalization's <c>moving_stddev</c>.</summary>
    Deviation,

    /// <summary>1/√(σ² + ε): Lasagne's and cuDNN's <c>inv_std</c>.</summary>
    InverseDeviation,
}

/// <summary>A batch normalization in another dialect, with what could not be taken along.</summary>
/// <param name="Layer">Built, with the source's numbers; its inference equals the source's.</param>
/// <param name="Notes">A sentence for each thing that is lost or that the dialect does not have of its own; empty where there is none.</param>
public sealed record ConvertedBatchNormalization(BatchNormalization Layer, IReadOnlyList<string> Notes);

/// <summary>
/// Translates between the dialects of batch normalization: the weight of the averages, the statistic of spread, the axes, the order of the variables, whole layers.
/// There and back changes nothing but history: an average of inverse deviations is not the inverse deviation of the average (batchnorm.md C7), so that the moving averages
/// agree at the moment of conversion and go different ways from there. Tested in <c>tests/Layers.Tests/Normalization/ConversionTests.cs</c>.
/// </summary>
public static class BatchNormalizationConversion
{
    /// <summary>What renormalization and cumulative averages keep beside the four variables, under the same names in every dialect.</summary>
    private static readonly string[] Extras = ["moving_stddev", "renorm_mean", "renorm_stddev", "batches"];

    /// <summary>Lasagne's α, and PyTorch's momentum: the weight of the new value, where <see cref="BatchNormalization.Momentum"/> and contrib's decay are that of the old.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The momentum lies outside 0 to 1.</exception>
    public static double AlphaOf(double momentum) => OneMinus(momentum, "a momentum");

    /// <summary>The weight of the old value, which is Keras's momentum and contrib's decay, of Lasagne's α or PyTorch's momentum.</summary>
    /// <exception cref="ArgumentOutOfRangeException">α lies outside 0 to 1.</exception>
    public static double MomentumOf(double alpha) => OneMinus(alpha, "an alpha");

    /// <summary>The axes that are averaged over, the batch's among them, where those are kept: Keras's <c>axis</c> as Lasagne's <c>axes</c>.</summary>
    /// <param name="kept">The kept axes, the batch axis counted.</param>
    /// <param name="rank">The number of the input's axes, the batch axis counted.</param>
    public static Axes ReducedOf(Axes kept, int rank) => Checked(kept).Complement(rank);

    /// <summary>The axes that are kept where those are averaged over: Lasagne's <c>axes</c> as Keras's <c>axis</c>.</summary>
    /// <param name="reduced">The averaged axes, the batch axis counted.</param>
    /// <param name="rank">The number of the input's axes, the batch axis counted.</param>
    public static Axes KeptOf(Axes reduced, int rank) => Checked(reduced).Complement(rank);

    /// <summary>One statistic of spread as another, number by number and in double.</summary>
    /// <param name="values">The statistics.</param>
    /// <param name="from">What they are.</param>
    /// <param name="to">What they are to be.</param>
    /// <param name="epsilon">The layer's ε, which a deviation holds and a variance does not.</param>
    /// <exception cref="ArgumentException">A statistic has no counterpart: a deviation below √ε has no variance, a variance of 0 without ε no inverse.</exception>
    public static double[] ConvertSpread(IReadOnlyList<double> values, Spread from, Spread to, double epsilon)
    {
        ArgumentNullException.ThrowIfNull(values);
        return [.. values.Select(value => from == to ? value : One(value))];

        double One(double value)
        {
            double variance = from switch
            {
                Spread.Variance => value,
                Spread.Deviation => (value * value) - epsilon,
                _ => (1 / (value * value)) - epsilon,
            };

            // The rounding of F32, where the variance is 0 and ε all there is.
            if (from != Spread.Variance && value > 0 && variance < 0 && variance >= -1e-6 * epsilon) variance = 0;
            double result = to switch
            {
                Spread.Variance => variance,
                Spread.Deviation => Math.Sqrt(variance + epsilon),
                _ => 1 / Math.Sqrt(variance + epsilon),
            };
            return variance >= 0 && value >= 0 && double.IsFinite(result)
                ? result
                : throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"ConvertSpread: expected {from} with a {to} at epsilon {epsilon}, got {value}. A variance is 0 or more, and a deviation at least the root of epsilon."));
        }
    }

    /// <summary>The names of a dialect's variables in its order, as its layers' <see cref="Layer.Parameters"/> and its files have them.</summary>
    public static IReadOnlyList<string> VariableOrder(BatchNormalizationDialect dialect)
    {
        ArgumentNullException.ThrowIfNull(dialect);
        VariableNames names = dialect.Variables;
        return names.BetaFirst ? [names.Beta, names.Gamma, names.Mean, names.Spread] : [names.Gamma, names.Beta, names.Mean, names.Spread];
    }

    /// <summary>
    /// A layer in another dialect with the source's numbers. What the dialects can both say is kept (axes, momentum, ε, center, scale, regularizers, constraints, correction);
    /// when updates run, what freezing means, the statistic that is stored and the variables' names and order are the target's.
    /// </summary>
    /// <param name="source">A layer that has been built; it stays as it is.</param>
    /// <param name="target">The dialect to translate to.</param>
    /// <returns>The layer, and notes on what is lost or not the dialect's own.</returns>
    /// <exception cref="InvalidOperationException">The source has not been built.</exception>
    /// <exception cref="ArgumentException">The dialect cannot compute what the source does, or its statistics have no counterpart.</exception>
    public static ConvertedBatchNormalization Convert(BatchNormalization source, BatchNormalizationDialect target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (!source.IsBuilt) throw new InvalidOperationException($"{source}: expected a layer that has been built, got one that has not.");
        int rank = source.InputShape!.Rank + 1;
        Axes kept = Axes.Of((source.Reduce?.Complement(rank) ?? source.Axis).Resolve(rank));
        Refuse(source, target, kept, rank);

        bool isLasagne = target.Name == BatchNormalizationDialect.Lasagne.Name;
        bool hasExtras = target.Name == BatchNormalizationDialect.Keras.Name || target.Name == BatchNormalizationDialect.Tf1.Name;
        bool sameSpread = source.Stored == target.Stored;
        bool isDefaultAxis = target.Axis.Resolve(rank).SequenceEqual(kept);
        BatchNormalization converted = new(target)
        {
            Name = source.Name,
            Axis = isDefaultAxis || isLasagne ? target.Axis : kept is [int single] && single == rank - 1 ? -1 : kept,
            Reduce = isLasagne && !isDefaultAxis ? kept.Complement(rank) : null,
            Momentum = source.Momentum,
            Epsilon = source.Epsilon,
            Center = source.Center,
            Scale = source.Scale,
            BetaInitializer = source.BetaInitializer,
            GammaInitializer = source.GammaInitializer,
            MovingMeanInitializer = source.MovingMeanInitializer,
            MovingVarianceInitializer = sameSpread ? source.MovingVarianceInitializer : Initializers.Ones,
            BetaRegularizer = source.BetaRegularizer,
            GammaRegularizer = source.GammaRegularizer,
            BetaConstraint = source.BetaConstraint,
            GammaConstraint = source.GammaConstraint,
            By = source.By,
            Averaging = source.Averaging,
            BatchSize = source.BatchSize,
            Correction = source.Correction,
            Renorm = hasExtras ? source.Renorm : null,
            VirtualBatches = hasExtras ? source.VirtualBatches : null,
            Adjustment = hasExtras ? source.Adjustment : null,
            Activation = source.Activation,
            Trainable = source.Trainable,
            Training = source.Training,
        };
        converted.BuildFor(source.InputShape, source.DType, new Rng(0));
        Copy(source.Gamma, converted.Gamma);
        Copy(source.Beta, converted.Beta);
        Copy(source.MovingMean, converted.MovingMean);
        Write(converted.MovingVariance, ConvertSpread(source.MovingVariance.Value.ToDoubles(), SpreadOf(source.Stored), SpreadOf(converted.Stored), source.Epsilon));
        foreach (Autodiff.Parameter state in converted.Parameters)
        {
            string? extra = Extras.FirstOrDefault(local => state.Name.EndsWith(local, StringComparison.Ordinal));
            if (extra is not null) Copy(source.Parameters.Single(parameter => parameter.Name.EndsWith(extra, StringComparison.Ordinal)), state);
        }

        return new ConvertedBatchNormalization(converted, [.. Notes(source, converted)]);
    }

    /// <summary>What the source does in inference and the target cannot.</summary>
    private static void Refuse(BatchNormalization source, BatchNormalizationDialect target, Axes kept, int rank)
    {
        if (source.By != NormalizeBy.Mode && target.Name != BatchNormalizationDialect.Keras1.Name)
        {
            throw new ArgumentException($"{source}: expected a layer that normalizes by moving statistics in inference, got one that normalizes by the {(source.By == NormalizeBy.Batch ? "batch" : "sample")} always, which {target} does not have. Only keras1 does.");
        }

        if (target.Name == BatchNormalizationDialect.Contrib.Name && !kept.SequenceEqual([rank - 1]))
        {
            throw new ArgumentException($"{source}: expected the last axis, which is all that contrib keeps, got axis {kept} of rank {rank}. Transpose the input.");
        }

        if (target.Name == BatchNormalizationDialect.Keras1.Name && kept.Count != 1)
        {
            throw new ArgumentException($"{source}: expected one kept axis, which is all that keras1 has, got axis {kept}.");
        }

        if (source.PendingUpdates > 0) throw new ArgumentException($"{source}: expected no updates that wait, got {source.PendingUpdates}. Call RunUpdates() first.");
    }

    private static IEnumerable<string> Notes(BatchNormalization source, BatchNormalization converted)
    {
        BatchNormalizationDialect target = converted.Dialect;
        if (source.Stored != converted.Stored)
        {
            yield return $"The history of the averages is lost: {source.Dialect} averaged the {Describe(source.Stored)}, {target} averages the {Describe(converted.Stored)}, and the two agree only at this moment.";
            if (source.MovingVarianceInitializer != Initializers.Ones) yield return $"The initial {Describe(source.Stored)} has no counterpart; a new layer of this configuration starts from 1.";
        }

        if (converted.Scale != target.Scale) yield return converted.Scale ? $"{target} has no gamma unless told otherwise: it needs scale=True." : $"{target} has a gamma unless told otherwise: it needs none here.";
        if (source.Renorm is not null && converted.Renorm is null) yield return $"Renormalization is lost: {target} has none. Inference stays as it is, training does not.";
        if (source.VirtualBatches is not null && converted.VirtualBatches is null) yield return $"Virtual batches are lost: {target} has none. Inference stays as it is, training does not.";
        if (source.Adjustment is not null && converted.Adjustment is null) yield return $"The adjustment is lost: {target} has none. Inference stays as it is, training does not.";
        if (source.Updates != converted.Updates) yield return converted.Updates == UpdateTiming.Deferred ? $"Updates wait for RunUpdates() in {target}." : $"Updates run in the forward pass in {target}.";
        if (source.Freeze != converted.Freeze) yield return converted.Freeze == FreezePolicy.Inference ? $"A frozen layer runs in inference mode in {target}." : $"A frozen layer's statistics keep moving in {target}.";
        if (source.Dialect.IgnoresMask != target.IgnoresMask) yield return target.IgnoresMask ? $"Masked rows enter the statistics in {target}." : $"Masked rows stay out of the statistics in {target}.";
        if (source.Activation.Name != Activations.Linear.Name && target.Name != BatchNormalizationDialect.Contrib.Name) yield return $"{target} has no activation of its own: put a layer behind that applies {source.Activation}.";
    }

    private static string Describe(StoredStatistic stored) => stored == StoredStatistic.Variance ? "variance" : "inverse deviation";

    private static Spread SpreadOf(StoredStatistic stored) => stored == StoredStatistic.Variance ? Spread.Variance : Spread.InverseDeviation;

    private static void Copy(Autodiff.Parameter? from, Autodiff.Parameter? to)
    {
        // Lasagne's parameters have no axes of size 1 between those kept.
        if (from is not null && to is not null) to.Value.CopyFrom(from.Value.Reshape(to.Shape));
    }

    private static void Write(Autodiff.Parameter to, double[] numbers) => to.Value.CopyFrom(Tensor.From(numbers, to.Shape).Cast(to.Value.DType));

    private static Axes Checked(Axes axes)
    {
        ArgumentNullException.ThrowIfNull(axes);
        return axes;
    }

    private static double OneMinus(double weight, string what) => weight is >= 0 and <= 1
        ? 1 - weight
        : throw new ArgumentOutOfRangeException(nameof(weight), string.Create(CultureInfo.InvariantCulture, $"BatchNormalizationConversion: expected {what} from 0 to 1, got {weight}."));
}
