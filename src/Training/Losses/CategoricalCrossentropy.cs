using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// -Σ tᵢ·ln pᵢ over the last axis. Where the predictions come from a softmax over it, this is computed from the softmax's <see cref="Variable.Logits"/> z, as
/// Σ tᵢ·(ln Σ eᶻ - zᵢ), which stays exact where a probability rounds to 0; otherwise p is clipped to [1e-7, 1 - 1e-7]. Targets are F32 or F64 in the predictions' shape,
/// [N, ..., classes]: one-hot rows, or probabilities. Keras's CategoricalCrossentropy, but that p is not divided by its sum.
/// </summary>
public sealed class CategoricalCrossentropy : Loss
{
    private readonly double labelSmoothing;

    /// <summary>Whether the predictions are logits, not probabilities; false unless told otherwise.</summary>
    public bool FromLogits { get; init; }

    /// <summary>The share of each target that is spread over all classes alike, from 0 to 1: t·(1 - s) + s/classes. 0 unless told otherwise.</summary>
    public double LabelSmoothing
    {
        get => labelSmoothing;
        init => labelSmoothing = value is >= 0 and <= 1 ? value : throw Error("a number from 0 to 1", value);
    }

    /// <inheritdoc/>
    public override string Name => "categorical_crossentropy";

    /// <inheritdoc/>
    public override Variable PerExample(Tensor targets, Variable predictions) => Crossentropy.PerExample(Prepare(targets, predictions), predictions, FromLogits);

    private protected override Variable? Mean(Tensor targets, Variable predictions, Tensor? weights)
    {
        Tensor rows = Prepare(targets, predictions);
        return Crossentropy.Mean(rows, predictions, FromLogits, weights is null ? null : RowWeights(weights, predictions));
    }

    private Tensor Prepare(Tensor targets, Variable predictions) => Operands.Smooth(Operands.MatchRows(this, targets, predictions), LabelSmoothing, predictions.Shape[-1]);
}
