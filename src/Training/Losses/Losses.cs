namespace Tapestry.Training;

/// <summary>
/// The losses as functions, with Keras's defaults, each the mean over the examples of the batch: call one in a loop of one's own, or hand it to a <see cref="Trainer"/>.
/// Each stands for an object of its class, which says its formula, and which takes options: <c>new Huber { Delta = 2 }</c>.
/// </summary>
public static class Losses
{
    /// <summary>-Σ tᵢ·ln pᵢ over the classes. See <see cref="Training.CategoricalCrossentropy"/>.</summary>
    public static LossFunction CategoricalCrossentropy { get; } = new CategoricalCrossentropy().Compute;

    /// <summary>-ln p of the right class, of class numbers. See <see cref="Training.SparseCategoricalCrossentropy"/>.</summary>
    public static LossFunction SparseCategoricalCrossentropy { get; } = new SparseCategoricalCrossentropy().Compute;

    /// <summary>-t·ln p - (1 - t)·ln(1 - p). See <see cref="Training.BinaryCrossentropy"/>.</summary>
    public static LossFunction BinaryCrossentropy { get; } = new BinaryCrossentropy().Compute;

    /// <summary>Binary cross-entropy in which easy examples count little. See <see cref="Training.BinaryFocalCrossentropy"/>.</summary>
    public static LossFunction BinaryFocalCrossentropy { get; } = new BinaryFocalCrossentropy().Compute;

    /// <summary>Categorical cross-entropy in which easy examples count little. See <see cref="Training.CategoricalFocalCrossentropy"/>.</summary>
    public static LossFunction CategoricalFocalCrossentropy { get; } = new CategoricalFocalCrossentropy().Compute;

    /// <summary>(y - t)². See <see cref="Training.MeanSquaredError"/>.</summary>
    public static LossFunction MeanSquaredError { get; } = new MeanSquaredError().Compute;

    /// <summary>|y - t|. See <see cref="Training.MeanAbsoluteError"/>.</summary>
    public static LossFunction MeanAbsoluteError { get; } = new MeanAbsoluteError().Compute;

    /// <summary>100·|y - t|/|t|. See <see cref="Training.MeanAbsolutePercentageError"/>.</summary>
    public static LossFunction MeanAbsolutePercentageError { get; } = new MeanAbsolutePercentageError().Compute;

    /// <summary>(ln(1 + y) - ln(1 + t))². See <see cref="Training.MeanSquaredLogarithmicError"/>.</summary>
    public static LossFunction MeanSquaredLogarithmicError { get; } = new MeanSquaredLogarithmicError().Compute;

    /// <summary>A parabola up to an error of 1, and a line beyond. See <see cref="Training.Huber"/>.</summary>
    public static LossFunction Huber { get; } = new Huber().Compute;

    /// <summary>ln cosh(y - t). See <see cref="Training.LogCosh"/>.</summary>
    public static LossFunction LogCosh { get; } = new LogCosh().Compute;

    /// <summary>max(1 - t·y, 0). See <see cref="Training.Hinge"/>.</summary>
    public static LossFunction Hinge { get; } = new Hinge().Compute;

    /// <summary>max(1 - t·y, 0)². See <see cref="Training.SquaredHinge"/>.</summary>
    public static LossFunction SquaredHinge { get; } = new SquaredHinge().Compute;

    /// <summary>How far the best of the wrong classes comes up to the right one. See <see cref="Training.CategoricalHinge"/>.</summary>
    public static LossFunction CategoricalHinge { get; } = new CategoricalHinge().Compute;

    /// <summary>Σ tᵢ·ln(tᵢ/pᵢ). See <see cref="Training.KLDivergence"/>.</summary>
    public static LossFunction KLDivergence { get; } = new KLDivergence().Compute;

    /// <summary>y - t·ln y. See <see cref="Training.Poisson"/>.</summary>
    public static LossFunction Poisson { get; } = new Poisson().Compute;

    /// <summary>-Σ tᵢyᵢ/(‖t‖·‖y‖). See <see cref="Training.CosineSimilarity"/>.</summary>
    public static LossFunction CosineSimilarity { get; } = new CosineSimilarity().Compute;
}
