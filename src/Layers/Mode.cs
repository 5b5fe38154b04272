using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// What a forward pass is for. <see cref="Train"/> and <see cref="Inference"/> are the two that are meant; other combinations are <c>with</c> expressions:
/// <c>Mode.Train with { UpdateStatistics = false }</c>. A mode is handed to each call; there is no ambient phase.
/// </summary>
public sealed record Mode
{
    /// <summary>Batch statistics, which also update the moving ones; dropout drops.</summary>
    public static Mode Train { get; } = new() { Training = true, UseBatchStatistics = true, UpdateStatistics = true };

    /// <summary>Moving statistics, and nothing random: a row's output does not depend on its batch.</summary>
    public static Mode Inference { get; } = new();

    /// <summary>Whether layers that behave differently in training, such as dropout, do so.</summary>
    public bool Training { get; init; }

    /// <summary>Whether normalization uses the statistics of the batch, or else the moving ones.</summary>
    public bool UseBatchStatistics { get; init; }

    /// <summary>Whether moving statistics are updated from the batch.</summary>
    public bool UpdateStatistics { get; init; }

    /// <summary>
    /// 1 for the rows that count and 0 for padding, in the input's leading axes: [N], or [N, T]. What is masked does not enter a batch's statistics. Null where all count.
    /// </summary>
    public Tensor? Mask { get; init; }
}
