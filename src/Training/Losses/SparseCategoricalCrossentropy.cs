using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// <see cref="CategoricalCrossentropy"/> with class numbers as targets: -ln p of the right class. Targets are I32 or U8, [N] or as many axes as the predictions
/// [N, ..., classes] less the last. Keras's SparseCategoricalCrossentropy, which has no label smoothing.
/// </summary>
public sealed class SparseCategoricalCrossentropy : Loss
{
    private readonly double labelSmoothing;

    /// <summary>Whether the predictions are logits, not probabilities; false unless told otherwise.</summary>
    public bool FromLogits { get; init; }

    /// <summary>The share of each target that is spread over all classes alike, from 0 to 1. 0 unless told otherwise.</summary>
    public double LabelSmoothing
    {
        get => labelSmoothing;
        init => labelSmoothing = value is >= 0 and <= 1 ? value : throw Error("a number from 0 to 1", value);
    }

    /// <inheritdoc/>
    public override string Name => "sparse_categorical_crossentropy";

    /// <inheritdoc/>
    public override Variable PerExample(Tensor targets, Variable predictions) => Crossentropy.PerExample(OneHot(targets, predictions), predictions, FromLogits);

    private protected override Variable? Mean(Tensor targets, Variable predictions, Tensor? weights)
    {
        Tensor rows = OneHot(targets, predictions);
        return Crossentropy.Mean(rows, predictions, FromLogits, weights is null ? null : RowWeights(weights, predictions));
    }

    private Tensor OneHot(Tensor targets, Variable predictions)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(predictions);
        if (targets.DType.IsFloat()) throw new ArgumentException($"SparseCategoricalCrossentropy: expected class numbers of I32 or U8, got {targets.DType}{targets.Shape}. For one-hot rows use CategoricalCrossentropy.");
        if (predictions.Shape.Rank == 0 || targets.Length * predictions.Shape[-1] != predictions.Shape.ElementCount)
        {
            throw new ArgumentException($"SparseCategoricalCrossentropy: expected one class number for each row of predictions {predictions.Shape}, got targets {targets.Shape}.");
        }

        Tensor oneHot = Indexing.OneHot(targets, predictions.Shape[-1], predictions.DType).Reshape(predictions.Shape);
        return Operands.Smooth(oneHot, LabelSmoothing, predictions.Shape[-1]);
    }
}
