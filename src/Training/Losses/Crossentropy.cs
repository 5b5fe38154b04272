using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>The cross-entropy of rows of targets, which class numbers and one-hot rows come down to.</summary>
internal static class Crossentropy
{
    /// <summary>-Σ tᵢ·ln pᵢ for each row.</summary>
    public static Variable PerExample(Tensor targets, Variable predictions, bool fromLogits) =>
        -Op.Sum(targets * Operands.LogProbabilities(predictions, fromLogits), axes: -1);

    /// <summary>The mean over the rows, in one fused operation where logits are known. It takes a row's weight as a factor of its targets, since the loss is linear in them.</summary>
    /// <param name="targets">t.</param>
    /// <param name="predictions">p, or logits.</param>
    /// <param name="fromLogits">Which of these.</param>
    /// <param name="weights">[N, ..., 1], or null.</param>
    public static Variable Mean(Tensor targets, Variable predictions, bool fromLogits, Tensor? weights)
    {
        if (weights is not null) targets *= weights;
        return Operands.LogitsOf(predictions, fromLogits) is { } logits
            ? Op.SoftmaxCrossEntropy(logits, targets)
            : Op.Mean(PerExample(targets, predictions, fromLogits: false));
    }
}
