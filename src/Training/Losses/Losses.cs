using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>A loss: one number from targets and predictions, the mean over the examples of the batch.</summary>
/// <param name="targets">What was to be answered, [N] or [N, ...].</param>
/// <param name="predictions">What the model answered, [N, ...].</param>
public delegate Variable Loss(Tensor targets, Variable predictions);

/// <summary>The losses. Each is a <see cref="Loss"/>: call it in a loop of one's own, or hand it to a <see cref="Trainer"/>.</summary>
public static class Losses
{
    /// <summary>Probabilities are kept this far from 0 and 1 before their logarithm is taken; Keras's value.</summary>
    private const double ProbabilityMargin = 1e-7;

    /// <summary>
    /// -Σ tᵢ·ln pᵢ over the classes, averaged over the examples. Where the predictions come from a softmax over the last axis it is computed from the softmax's
    /// <see cref="Variable.Logits"/> z, as Σ tᵢ·(ln Σ eᶻ - zᵢ), which stays exact where a probability rounds to 0; otherwise p is clipped at 1e-7.
    /// </summary>
    /// <param name="targets">[N, classes], F32 or F64: one-hot rows, or probabilities.</param>
    /// <param name="predictions">[N, classes]: probabilities.</param>
    /// <exception cref="ArgumentException">Shapes or types differ.</exception>
    public static Variable CategoricalCrossentropy(Tensor targets, Variable predictions)
    {
        RequireSame(nameof(CategoricalCrossentropy), targets, predictions);
        if (predictions.Logits is { } logits) return Op.SoftmaxCrossEntropy(logits, targets);
        Variable surprise = -Op.Log(Op.Clip(predictions, ProbabilityMargin, 1 - ProbabilityMargin));
        return Op.Mean(Op.Sum(targets * surprise, axes: -1));
    }

    /// <summary><see cref="CategoricalCrossentropy"/> with class numbers as targets: -ln p of the right class, averaged over the examples.</summary>
    /// <param name="targets">[N], or as many axes as the predictions less the last: class numbers, I32 or U8.</param>
    /// <param name="predictions">[N, classes]: probabilities.</param>
    /// <exception cref="ArgumentException">The shapes do not belong together, the targets are not integers, or one lies outside the classes.</exception>
    public static Variable SparseCategoricalCrossentropy(Tensor targets, Variable predictions)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(predictions);
        if (targets.DType.IsFloat()) throw new ArgumentException($"SparseCategoricalCrossentropy: expected class numbers of I32 or U8, got {targets.DType}{targets.Shape}. For one-hot rows use CategoricalCrossentropy.");
        if (predictions.Shape.Rank == 0 || targets.Length * predictions.Shape[-1] != predictions.Shape.ElementCount)
        {
            throw new ArgumentException($"SparseCategoricalCrossentropy: expected one class number for each row of predictions {predictions.Shape}, got targets {targets.Shape}.");
        }

        Tensor oneHot = Indexing.OneHot(targets, predictions.Shape[-1], predictions.DType).Reshape(predictions.Shape);
        return CategoricalCrossentropy(oneHot, predictions);
    }

    /// <summary>(t - y)², averaged over every element.</summary>
    /// <param name="targets">The predictions' shape and type.</param>
    /// <param name="predictions">Any shape.</param>
    /// <exception cref="ArgumentException">Shapes or types differ.</exception>
    public static Variable MeanSquaredError(Tensor targets, Variable predictions)
    {
        RequireSame(nameof(MeanSquaredError), targets, predictions);
        return Op.Mean(Op.Square(predictions - targets));
    }

    private static void RequireSame(string name, Tensor targets, Variable predictions)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(predictions);
        if (targets.Shape != predictions.Shape || targets.DType != predictions.DType)
        {
            throw new ArgumentException($"{name}: expected targets like the predictions, {predictions.DType}{predictions.Shape}, got {targets.DType}{targets.Shape}.{(targets.DType.IsFloat() ? "" : " For class numbers use SparseCategoricalCrossentropy.")}");
        }
    }
}
