using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>Which numbers a batch normalization uses. The values are Keras 1's modes.</summary>
public enum NormalizeBy
{
    /// <summary>The batch's in training, the moving ones in inference, as the mode says. Keras 1's mode 0.</summary>
    Mode,

    /// <summary>Each sample's own, over its last axis, with ε both inside the root and beside it. Keras 1's mode 1.</summary>
    Sample,

    /// <summary>The batch's always; moving statistics are kept but never updated. Keras 1's mode 2.</summary>
    Batch,
}

/// <summary>Which statistic of spread is averaged and stored.</summary>
public enum StoredStatistic
{
    /// <summary>The variance σ².</summary>
    Variance,

    /// <summary>1/√(σ² + ε), as Lasagne and cuDNN have it. The average of these is not the inverse deviation of the average (batchnorm.md C7).</summary>
    InverseDeviation,
}

/// <summary>How batches are averaged into the moving statistics (batchnorm.md B5).</summary>
public enum Averaging
{
    /// <summary>moving = momentum·moving + (1 - momentum)·batch: late batches weigh most, and the start is forgotten slowly.</summary>
    Exponential,

    /// <summary>The plain mean of all batches so far. Their number is one more state of the layer, and momentum is not used.</summary>
    Cumulative,
}

/// <summary>What divides the sum of squares where a variance goes into the moving average.</summary>
public enum VarianceCorrection
{
    /// <summary>The count m.</summary>
    Biased,

    /// <summary>m - 1: Bessel's. A batch of one has no such variance.</summary>
    Bessel,
}

/// <summary>When moving statistics are updated.</summary>
public enum UpdateTiming
{
    /// <summary>In the forward pass.</summary>
    Immediate,

    /// <summary>When <see cref="BatchNormalization.RunUpdates"/> is called: contrib's collection of update operations.</summary>
    Deferred,
}

/// <summary>What a batch normalization does that is not trainable (batchnorm.md E15).</summary>
public enum FreezePolicy
{
    /// <summary>It runs in inference mode: TensorFlow 2, Keras 3.</summary>
    Inference,

    /// <summary>γ and β stand still, statistics keep moving: TensorFlow 1.</summary>
    StatisticsMove,
}

/// <summary>How a dialect names its variables, and in which order it lists them.</summary>
/// <param name="Gamma">The scale.</param>
/// <param name="Beta">The shift.</param>
/// <param name="Mean">The moving mean.</param>
/// <param name="Spread">The moving variance, or what is stored in its place.</param>
/// <param name="BetaFirst">Whether β stands before γ.</param>
/// <param name="Separator">What stands between the layer's name and the variable's.</param>
public sealed record VariableNames(string Gamma, string Beta, string Mean, string Spread, bool BetaFirst = false, string Separator = "/");

/// <summary>
/// The defaults and habits of one library's batch normalization. What a dialect says is where a layer starts from; its options override it:
/// <c>new BatchNormalization(BatchNormalizationDialect.Lasagne) { Epsilon = 1e-3 }</c>.
/// </summary>
public sealed record BatchNormalizationDialect
{
    /// <summary>tf.keras as the book uses it: momentum 0.99, ε 1e-3, γ and β, frozen means inference.</summary>
    public static BatchNormalizationDialect Keras { get; } = new() { Name = "keras" };

    /// <summary>Keras 1.1: ε 1e-5; masks pass through unused; a layer in mode 0 refuses to be shared; variables are named <c>bn_gamma</c> to <c>bn_running_std</c>, the last a variance.</summary>
    public static BatchNormalizationDialect Keras1 { get; } = new()
    {
        Name = "keras1",
        Epsilon = 1e-5,
        IgnoresMask = true,
        RefusesSharing = true,
        Freeze = FreezePolicy.StatisticsMove,
        Variables = new VariableNames("gamma", "beta", "running_mean", "running_std", Separator: "_"),
    };

    /// <summary>TensorFlow's contrib <c>batch_norm</c>: decay 0.999, ε 1e-3, no γ, deferred updates, β listed before γ.</summary>
    public static BatchNormalizationDialect Contrib { get; } = new()
    {
        Name = "contrib",
        Momentum = 0.999,
        Scale = false,
        Updates = UpdateTiming.Deferred,
        Freeze = FreezePolicy.StatisticsMove,
        Variables = new VariableNames("gamma", "beta", "moving_mean", "moving_variance", BetaFirst: true),
    };

    /// <summary>Lasagne: α 0.1 on the new value, which is momentum 0.9; ε 1e-4; the average of 1/√(σ² + ε); axis 1 kept.</summary>
    public static BatchNormalizationDialect Lasagne { get; } = new()
    {
        Name = "lasagne",
        Axis = 1,
        Momentum = 0.9,
        Epsilon = 1e-4,
        Stored = StoredStatistic.InverseDeviation,
        Freeze = FreezePolicy.StatisticsMove,
        Variables = new VariableNames("gamma", "beta", "mean", "inv_std", BetaFirst: true),
    };

    /// <summary>tf.compat.v1.keras: tf.keras's numbers, and statistics that keep moving when frozen.</summary>
    public static BatchNormalizationDialect Tf1 { get; } = new() { Name = "tf1", Freeze = FreezePolicy.StatisticsMove };

    /// <summary>Every dialect.</summary>
    public static IReadOnlyList<BatchNormalizationDialect> All { get; } = [Keras, Keras1, Contrib, Lasagne, Tf1];

    /// <summary>The name by which configurations and command lines know it.</summary>
    public required string Name { get; init; }

    /// <summary>The kept axes.</summary>
    public Axes Axis { get; init; } = -1;

    /// <summary>The weight of the old moving statistics.</summary>
    public double Momentum { get; init; } = 0.99;

    /// <summary>What is added to the variance.</summary>
    public double Epsilon { get; init; } = 1e-3;

    /// <summary>Whether there is a γ.</summary>
    public bool Scale { get; init; } = true;

    /// <summary>Which statistic of spread is stored.</summary>
    public StoredStatistic Stored { get; init; }

    /// <summary>When moving statistics are updated.</summary>
    public UpdateTiming Updates { get; init; }

    /// <summary>What not being trainable means.</summary>
    public FreezePolicy Freeze { get; init; }

    /// <summary>Whether masked rows enter the statistics all the same (batchnorm.md A10).</summary>
    public bool IgnoresMask { get; init; }

    /// <summary>Whether a layer that normalizes by mode may see one input only on a tape (batchnorm.md A7).</summary>
    public bool RefusesSharing { get; init; }

    /// <summary>The variables' names and order.</summary>
    public VariableNames Variables { get; init; } = new("gamma", "beta", "moving_mean", "moving_variance");

    /// <inheritdoc/>
    public override string ToString() => Name;
}
