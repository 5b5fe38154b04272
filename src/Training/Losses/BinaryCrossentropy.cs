using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// -t·ln p - (1 - t)·ln(1 - p), averaged over the last axis. Where the predictions are logits z, or come from a sigmoid, which remembers its
/// <see cref="Variable.LogOdds"/> z, this is computed as t·softplus(-z) + (1 - t)·softplus(z), in which nothing overflows or cancels; otherwise p is clipped to
/// [1e-7, 1 - 1e-7]. Targets are in the predictions' shape, [N] and [N, 1] being one: F32 or F64 from 0 to 1, or 0 and 1 as I32 or U8. Keras's BinaryCrossentropy.
/// </summary>
public sealed class BinaryCrossentropy : ElementwiseLoss
{
    private readonly double labelSmoothing;

    /// <summary>Whether the predictions are logits, not probabilities; false unless told otherwise.</summary>
    public bool FromLogits { get; init; }

    /// <summary>How far targets are moved towards 1/2, from 0 to 1: t·(1 - s) + s/2. 0 unless told otherwise.</summary>
    public double LabelSmoothing
    {
        get => labelSmoothing;
        init => labelSmoothing = value is >= 0 and <= 1 ? value : throw Error("a number from 0 to 1", value);
    }

    /// <inheritdoc/>
    public override string Name => "binary_crossentropy";

    private protected override bool TakesLabels => true;

    /// <summary>The cross-entropy of each element.</summary>
    internal static Variable Of(Tensor targets, Variable predictions, Variable? logOdds)
    {
        Tensor rest = Tensor.Scalar(1, targets.DType) - targets;
        if (logOdds is not null) return (targets * Op.Softplus(-logOdds)) + (rest * Op.Softplus(logOdds));
        Variable p = Operands.Clipped(predictions);
        return -((targets * Op.Log(p)) + (rest * Op.Log(1 - p)));
    }

    private protected override Variable Elements(Tensor targets, Variable predictions) =>
        Of(Operands.Smooth(targets, LabelSmoothing, classes: 2), predictions, FromLogits ? predictions : predictions.LogOdds);
}
