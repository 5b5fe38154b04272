using System.Runtime.CompilerServices;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// y = γ·(x - μ)/√(σ² + ε) + β, for each index along the kept axes. Ioffe and Szegedy, 2015, in every dialect of the five sources.
/// <list type="bullet">
/// <item>In training μ and σ² are the batch's mean and biased variance over all other axes, and the moving ones follow them:
/// moving = momentum·moving + (1 - momentum)·batch.</item>
/// <item>In inference μ and σ² are the moving ones, so that a row's output does not depend on its batch.</item>
/// </list>
/// The defaults are tf.keras's; a <see cref="BatchNormalizationDialect"/> sets others, and each option overrides it. The dialects differ in a few independent choices, which
/// are the options: which axes are kept (<see cref="Axis"/>, <see cref="Reduce"/>), which numbers normalize (<see cref="By"/>, the mode, <see cref="Freeze"/>), which
/// statistic is stored and when it is updated (<see cref="Stored"/>, <see cref="Correction"/>, <see cref="Updates"/>), and what is done to x̂ before γ and β
/// (<see cref="Renorm"/>, <see cref="VirtualBatches"/>, <see cref="Adjustment"/>) or behind them (<see cref="Activation"/>).
/// Built from <see cref="Op.Mean"/>, <see cref="Op.Square"/>, <see cref="Op.Sqrt"/> and arithmetic, so that its backward pass is the tape's; where no option asks for
/// more they run as one, <see cref="Op.Normalize(Variable, Variable, Variable, Axes, double)"/>, which is held equal to them. The shape stays.
/// Tested in <c>tests/Layers.Tests/Normalization/BatchNormalizationTests.cs</c>; every choice is explained in <c>docs/batch-normalization.md</c>.
/// </summary>
public sealed partial class BatchNormalization : Layer
{
    private readonly ConditionalWeakTable<Tape, Variable> inputs = [];
    private Parameter? gamma;
    private Parameter? beta;
    private Parameter? movingMean;
    private Parameter? movingSpread;
    private Parameter? movingDeviation;
    private Parameter? renormMean;
    private Parameter? renormDeviation;
    private Parameter? batches;
    private Axes reduced = -1;
    private Shape broadcast = Shape.Scalar;

    /// <summary>A layer with a dialect's defaults.</summary>
    /// <param name="dialect">Whose; tf.keras's unless told otherwise.</param>
    public BatchNormalization(BatchNormalizationDialect? dialect = null)
    {
        Dialect = dialect ?? BatchNormalizationDialect.Keras;
        axis = Dialect.Axis;
        momentum = Dialect.Momentum;
        epsilon = Dialect.Epsilon;
        Scale = Dialect.Scale;
        Stored = Dialect.Stored;
        Updates = Dialect.Updates;
        Freeze = Dialect.Freeze;
    }

    /// <summary>The scale γ, once built; null where <see cref="Scale"/> is false.</summary>
    public Parameter? Gamma => gamma;

    /// <summary>The shift β, once built; null where <see cref="Center"/> is false.</summary>
    public Parameter? Beta => beta;

    /// <summary>The moving mean, once built.</summary>
    public Parameter MovingMean => movingMean ?? throw Unbuilt();

    /// <summary>The moving variance, once built; where <see cref="Stored"/> says so the moving inverse deviation.</summary>
    public Parameter MovingVariance => movingSpread ?? throw Unbuilt();

    /// <summary>The shape in which the parameters broadcast to a batch: size 1 along the averaged axes.</summary>
    internal Shape Broadcast => broadcast;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Kept(inputShape);
        return inputShape;
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int[] kept = Kept(inputShape);
        int rank = inputShape.Rank + 1;
        reduced = By == NormalizeBy.Sample ? -1 : Axes.Of(kept).Complement(rank);
        int[] sizes = [.. Enumerable.Repeat(1, rank)];
        foreach (int axis in kept) sizes[axis] = axis == 0 ? BatchSize!.Value : inputShape[axis - 1];
        broadcast = Shape.Of(sizes);

        // One kept axis has statistics of shape [C]. Several keep their places, with size 1 between them, as tf.keras has it; Lasagne, which names what is reduced, drops
        // those (batchnorm.md C3).
        Shape shape = Reduce is not null || kept.Length == 1 ? Shape.Of([.. kept.Select(axis => sizes[axis])]) : broadcast;
        VariableNames names = Dialect.Variables;
        Parameter Make(string local, Initializer initializer, ParameterRole role = ParameterRole.Weight) =>
            Add(local, initializer.Create(shape, dtype, rng), role, names.Separator);
        if (Center && names.BetaFirst) beta = Make(names.Beta, BetaInitializer);
        if (Scale) gamma = Make(names.Gamma, GammaInitializer);
        if (Center && !names.BetaFirst) beta = Make(names.Beta, BetaInitializer);
        movingMean = Make(names.Mean, MovingMeanInitializer, ParameterRole.State);
        movingSpread = Make(names.Spread, MovingVarianceInitializer, ParameterRole.State);
        if (gamma is not null) (gamma.Regularizer, gamma.Constraint) = (GammaRegularizer, GammaConstraint);
        if (beta is not null) (beta.Regularizer, beta.Constraint, beta.Regularizable) = (BetaRegularizer, BetaConstraint, false);
        if (Renorm is not null)
        {
            // TensorFlow starts the deviations at the root of the moving variance (batchnorm.md E3, E6).
            Tensor deviation = Op.Sqrt(movingSpread.Value).Detach();
            movingDeviation = Add("moving_stddev", deviation, ParameterRole.State, names.Separator);
            renormMean = Make("renorm_mean", MovingMeanInitializer, ParameterRole.State);
            renormDeviation = Add("renorm_stddev", deviation.Clone(), ParameterRole.State, names.Separator);
        }

        if (Averaging == Averaging.Cumulative) batches = Add("batches", Tensor.Scalar(0, dtype), ParameterRole.State, names.Separator);
        TakeInitialWeights();
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(mode);
        if (!Trainable && Freeze == FreezePolicy.Inference) mode = Mode.Inference;
        RefuseSharing(x);
        if (BatchSize is { } size && x.Shape[0] != size) throw new ArgumentException($"{this}: expected batches of {size}, got {x.Shape}.", nameof(x));
        Variable y = By switch
        {
            NormalizeBy.Sample => Affine(NormalizeSamples(x), broadcast),
            NormalizeBy.Batch => NormalizeBatch(x, mode with { UseBatchStatistics = true, UpdateStatistics = false }),
            _ when mode.UseBatchStatistics || mode.UpdateStatistics => NormalizeBatch(x, mode),
            _ => NormalizeMoving(x),
        };
        return Activation.Apply(y);
    }

    /// <inheritdoc/>
    protected override string Hint(Shape shape)
    {
        // The commonest mistake: channels first where last was meant, or the other way round.
        if (InputShape is null || InputShape.Rank != 3 || shape.Rank != 4 || Axis.Count != 1) return "";
        (int first, int last) = (shape[1], shape[3]);
        return Axis.Resolve(4)[0] switch
        {
            3 when first == InputShape[2] && last != InputShape[2] => " Was the input [N, C, H, W]?",
            1 when last == InputShape[0] && first != InputShape[0] => " Was the input [N, H, W, C]?",
            _ => "",
        };
    }

    /// <summary>x̂ by the batch, or by the moving statistics while these are updated; then what the options add, γ and β.</summary>
    private Variable NormalizeBatch(Variable x, Mode mode)
    {
        if (Fused && mode.UseBatchStatistics && mode.Mask is null && VirtualBatches is null && Renorm is null && Adjustment is null && Epsilon > 0) return NormalizeFused(x, mode);

        // Virtual batches are the same function on a tensor with one more axis, over which nothing is reduced.
        bool split = VirtualBatches is not null && mode.Training;
        Variable grouped = split ? VirtualBatches!.Split(x) : x;
        Axes over = split ? Axes.Of([VirtualBatches!.MemberAxis, .. reduced.Where(axis => axis > 0).Select(axis => axis + 1)]) : reduced;
        Shape along = split ? broadcast.Prepend(1) : broadcast;
        Moments batch = Moments.Of(grouped, over, MaskFor(x, mode, split));
        if (mode.UpdateStatistics || mode.Mask is not null || Epsilon == 0) Refuse(batch);

        Variable y;
        if (mode.UseBatchStatistics)
        {
            Variable normalized = batch.Centered / Op.Sqrt(batch.Variance + Epsilon);
            if (Renorm is not null && mode.Training)
            {
                (Variable r, Variable d) = Renorm.Corrections(
                    batch.Mean, Op.Sqrt(batch.Variance + Epsilon), Along(renormMean!, x, along), Along(renormDeviation!, x, along), Epsilon);
                normalized = (normalized * r) + d;
            }

            if (Adjustment is not null && mode.Training)
            {
                (Variable scale, Variable bias) = Adjustment(x.Shape);
                normalized = (normalized * OfLayersType(scale)) + OfLayersType(bias);
            }

            y = Affine(normalized, along);
        }
        else
        {
            y = NormalizeMoving(x);
        }

        if (mode.UpdateStatistics) Update(batch);
        return Op.Reshape(y, x.Shape);
    }

    /// <summary>The same by one operation with a closed-form derivative.</summary>
    private Variable NormalizeFused(Variable x, Mode mode)
    {
        Variable y = Op.Normalize(x, GammaOrOnes(x), BetaOrZeros(x), reduced, Epsilon, out Tensor mean, out Tensor variance);
        if (!mode.UpdateStatistics) return y;
        double count = (double)x.Shape.ElementCount / mean.Length;
        RefuseFewer(count);
        if (Correction == VarianceCorrection.Biased && Stored == StoredStatistic.Variance)
        {
            Queue(MovingMean, mean);
            Queue(MovingVariance, variance);
        }
        else
        {
            Update(new Moments(mean, x, variance, Tensor.Scalar(count, DType)));
        }

        return y;
    }

    private Variable NormalizeMoving(Variable x)
    {
        if (Stored == StoredStatistic.Variance) return Op.Standardize(x, Current(MovingMean, x), Current(MovingVariance, x), GammaOrOnes(x), BetaOrZeros(x), reduced, Epsilon);
        return Affine((x - Along(MovingMean, x, broadcast)) * Along(MovingVariance, x, broadcast), broadcast);
    }

    private Variable GammaOrOnes(Variable x) => gamma is null ? Tensor.Ones(MovingMean.Shape, DType) : Use(gamma, x);

    private Variable BetaOrZeros(Variable x) => beta is null ? Tensor.Zeros(MovingMean.Shape, DType) : Use(beta, x);

    /// <summary>Keras 1's mode 1: over the last axis, with ε inside the root and beside it (batchnorm.md A3).</summary>
    private Variable NormalizeSamples(Variable x)
    {
        Moments sample = Moments.Of(x, -1, mask: null);
        if (Epsilon == 0) Refuse(sample);
        return sample.Centered / (Op.Sqrt(sample.Variance + Epsilon) + Epsilon);
    }

    /// <summary>A plain number or tensor in the layer's type; what lies on a tape must have it already.</summary>
    private Variable OfLayersType(Variable given) => given.Tape is null ? given.Value.Cast(DType) : given;

    private Variable Affine(Variable normalized, Shape along)
    {
        if (gamma is not null) normalized *= Along(gamma, normalized, along);
        return beta is null ? normalized : normalized + Along(beta, normalized, along);
    }

    /// <summary>1 and 0 for the rows that count and those that do not, in a shape that broadcasts to x's; null where all count.</summary>
    private Variable? MaskFor(Variable x, Mode mode, bool split)
    {
        if (mode.Mask is not { } mask || Dialect.IgnoresMask) return null;
        if (mask.Rank > x.Shape.Rank || !x.Shape.AsSpan()[..mask.Rank].SequenceEqual(mask.Shape.AsSpan()))
        {
            throw new ArgumentException($"{this}: expected a mask of the input's leading axes {x.Shape}, got {mask.Shape}.");
        }

        Variable shaped = mask.Cast(x.DType).Reshape(Shape.Of([.. mask.Shape, .. Enumerable.Repeat(1, x.Shape.Rank - mask.Rank)]));
        return split ? VirtualBatches!.Split(shaped) : shaped;
    }

    /// <summary>Puts the initial weights in place of what the initializers made, once.</summary>
    private void TakeInitialWeights()
    {
        if (initialWeights is not { } weights) return;
        bool fits = weights.Count == Parameters.Count && Parameters.Zip(weights).All(pair => pair.First.Shape == pair.Second.Shape);
        if (!fits)
        {
            throw new ArgumentException(
                $"{this}: expected {Parameters.Count} initial weights, {string.Join(", ", Parameters.Select(parameter => $"{parameter.Name} {parameter.Shape}"))}, got {weights.Count}: {string.Join(", ", weights.Select(weight => weight.Shape))}.");
        }

        foreach ((Parameter parameter, Tensor weight) in Parameters.Zip(weights)) parameter.Value.CopyFrom(weight.Cast(parameter.Value.DType));
        initialWeights = null;
    }

    /// <summary>A parameter as a variable that broadcasts along the kept axes.</summary>
    private Variable Along(Parameter parameter, Variable x, Shape along) => Op.Reshape(Current(parameter, x), along);

    /// <summary>
    /// A parameter as a variable. A state is copied where gradients are taken: an update writes into it in place, and what the tape refers to must stay as it was. In a replay
    /// the tape has the copy.
    /// </summary>
    private Variable Current(Parameter parameter, Variable x)
    {
        bool mustStay = parameter.Role == ParameterRole.State && x.Tape is { IsReplay: false } && (x.IsTracked || IsTracked(gamma) || IsTracked(beta));
        return mustStay ? parameter.Value.Clone() : Use(parameter, x);

        bool IsTracked(Parameter? weight) => weight is not null && Use(weight, x).IsTracked;
    }

    private InvalidOperationException Unbuilt() => new($"{this}: expected a layer that has been built, got one that has not.");
}
