using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// y = γ·(x - μ)/√(σ² + ε) + β, for each index along the kept axis. Ioffe and Szegedy, 2015, with tf.keras's options and defaults.
/// <list type="bullet">
/// <item>In training μ and σ² are the batch's mean and biased variance over all other axes, and the moving ones follow them:
/// moving = momentum·moving + (1 - momentum)·batch.</item>
/// <item>In inference μ and σ² are the moving ones, so that a row's output does not depend on its batch.</item>
/// </list>
/// Built from <see cref="Op.Mean"/>, <see cref="Op.Square"/>, <see cref="Op.Sqrt"/> and arithmetic, so that its backward pass is the tape's. The shape stays.
/// Tested in <c>tests/Layers.Tests/BatchNormalizationTests.cs</c>; every choice is explained in <c>docs/batch-normalization.md</c>.
/// </summary>
public sealed class BatchNormalization : Layer
{
    private readonly Axes axis = -1;
    private readonly double momentum = 0.99;
    private readonly double epsilon = 1e-3;
    private Parameter? gamma;
    private Parameter? beta;
    private Parameter? movingMean;
    private Parameter? movingVariance;
    private Axes reduced = -1;
    private Shape broadcast = Shape.Scalar;

    /// <summary>
    /// The kept axes, the batch axis counted: -1, the default, gives each feature of the last axis statistics of its own; <c>[1, 2]</c> each pixel of [N, 28, 28].
    /// All other axes are averaged over.
    /// </summary>
    public Axes Axis
    {
        get => axis;
        init => axis = value is { Count: > 0 } ? value : throw new ArgumentException("BatchNormalization: expected an axis to keep, got none.", nameof(value));
    }

    /// <summary>The weight of the old moving statistics in each update, from 0 up to 1; 0.99 unless told otherwise.</summary>
    public double Momentum
    {
        get => momentum;
        init => momentum = value is >= 0 and <= 1 ? value : throw Error(nameof(Momentum), "a number from 0 to 1", value);
    }

    /// <summary>What is added to the variance inside the root, above 0 or 0; 0.001 unless told otherwise.</summary>
    public double Epsilon
    {
        get => epsilon;
        init => epsilon = value is >= 0 and < double.PositiveInfinity ? value : throw Error(nameof(Epsilon), "a finite number of 0 or more", value);
    }

    /// <summary>Whether β is added; true unless told otherwise.</summary>
    public bool Center { get; init; } = true;

    /// <summary>Whether the result is multiplied by γ; true unless told otherwise.</summary>
    public bool Scale { get; init; } = true;

    /// <summary>The scale γ, once built; null where <see cref="Scale"/> is false.</summary>
    public Parameter? Gamma => gamma;

    /// <summary>The shift β, once built; null where <see cref="Center"/> is false.</summary>
    public Parameter? Beta => beta;

    /// <summary>The moving mean, once built.</summary>
    public Parameter MovingMean => movingMean ?? throw new InvalidOperationException($"{this}: expected a layer that has been built, got one that has not.");

    /// <summary>The moving variance, once built.</summary>
    public Parameter MovingVariance => movingVariance ?? throw new InvalidOperationException($"{this}: expected a layer that has been built, got one that has not.");

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int rank = inputShape.Rank + 1;
        int[] kept;
        try
        {
            kept = Axis.Resolve(rank);
        }
        catch (ArgumentException)
        {
            throw new ArgumentException($"{this}: expected each kept axis once and inside input of shape {Batched(inputShape)}, got axis {Axis}.", nameof(inputShape));
        }

        return kept[0] > 0
            ? inputShape
            : throw new ArgumentException($"{this}: expected kept axes other than 0, the batch's, got axis {Axis}. Statistics are taken over the batch.", nameof(inputShape));
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        List<string> options = [];
        if (Axis.ToString() != "-1") options.Add($"axis: {Axis}");
        if (Momentum != 0.99) options.Add(string.Create(CultureInfo.InvariantCulture, $"momentum: {Momentum}"));
        if (Epsilon != 1e-3) options.Add(string.Create(CultureInfo.InvariantCulture, $"epsilon: {Epsilon}"));
        if (!Center) options.Add("center: false");
        if (!Scale) options.Add("scale: false");
        return $"BatchNormalization({string.Join(", ", options)})";
    }

    internal static BatchNormalization FromConfig(LayerConfig config)
    {
        foreach (string key in (string[])["beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint"]) config.Null(key);
        foreach (string key in (string[])["beta_initializer", "moving_mean_initializer"]) config.Only(key, Initializers.Zeros);
        foreach (string key in (string[])["gamma_initializer", "moving_variance_initializer"]) config.Only(key, Initializers.Ones);
        return new()
        {
            Axis = config.Axes("axis", -1),
            Momentum = config.Number("momentum", 0.99),
            Epsilon = config.Number("epsilon", 1e-3),
            Center = config.Boolean("center", true),
            Scale = config.Boolean("scale", true),
            Trainable = config.Trainable,
            Training = config.Training,
        };
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int rank = inputShape.Rank + 1;
        reduced = Axis.Complement(rank);
        int[] sizes = [.. Enumerable.Repeat(1, rank)];
        foreach (int kept in Axis.Resolve(rank)) sizes[kept] = inputShape[kept - 1];
        broadcast = Shape.Of(sizes);

        // One kept axis has statistics of shape [C]; several keep their places, with size 1 between them, as tf.keras has it (batchnorm.md C3).
        Shape shape = Axis.Count == 1 ? [broadcast.ElementCount] : broadcast;
        if (Scale) gamma = Add("gamma", Tensor.Ones(shape, dtype));
        if (Center) beta = Add("beta", Tensor.Zeros(shape, dtype));
        movingMean = Add("moving_mean", Tensor.Zeros(shape, dtype), ParameterRole.State);
        movingVariance = Add("moving_variance", Tensor.Ones(shape, dtype), ParameterRole.State);
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(mode);
        if (!Trainable) mode = Mode.Inference;

        Variable centered, variance;
        if (mode.UseBatchStatistics)
        {
            Variable mean = Op.Mean(x, reduced, keepDimensions: true);
            centered = x - mean;
            variance = Op.Mean(Op.Square(centered), reduced, keepDimensions: true);
            if (mode.UpdateStatistics)
            {
                Follow(MovingMean, mean);
                Follow(MovingVariance, variance);
            }
        }
        else
        {
            centered = x - Along(MovingMean, x);
            variance = Along(MovingVariance, x);
        }

        Variable factor = 1 / Op.Sqrt(variance + Epsilon);
        if (gamma is not null) factor = Along(gamma, x) * factor;
        Variable y = centered * factor;
        return beta is null ? y : y + Along(beta, x);
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

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["axis"] = Axis.Count == 1 ? Axis[0] : new JsonArray([.. Axis.Select(kept => JsonValue.Create(kept))]);
        config["momentum"] = Momentum;
        config["epsilon"] = Epsilon;
        config["center"] = Center;
        config["scale"] = Scale;
    }

    /// <summary>A parameter as a variable that broadcasts along the kept axes.</summary>
    private Variable Along(Parameter parameter, Variable x) => Op.Reshape(Use(parameter, x), broadcast);

    /// <summary>moving = momentum·moving + (1 - momentum)·batch, written into the parameter; a constant to the tape.</summary>
    private void Follow(Parameter moving, Variable batch)
    {
        Variable old = batch.Tape?.Constant(moving.Value) ?? moving.Value;
        Variable current = batch.Tape?.Constant(batch.Value) ?? batch.Value;
        Variable updated = (old * Momentum) + (Op.Reshape(current, moving.Shape) * (1 - Momentum));
        moving.Value.CopyFrom(updated.Value);
    }

    private static ArgumentOutOfRangeException Error(string option, string expected, double got) =>
        new(option, string.Create(CultureInfo.InvariantCulture, $"BatchNormalization: expected {option} to be {expected}, got {got}."));
}
