using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>What losses do with targets and predictions before they compute.</summary>
internal static class Operands
{
    /// <summary>Probabilities are kept this far from 0 and 1 before their logarithm is taken, and divisors from 0; Keras's value.</summary>
    public const double Margin = 1e-7;

    /// <summary>Targets in the predictions' shape and type. [N] and [N, 1] count as one shape, whichever way round; integers are cast where a loss takes labels.</summary>
    /// <exception cref="ArgumentException">They differ in more than that.</exception>
    public static Tensor Match(Loss loss, Tensor targets, Variable predictions, bool takesLabels = false)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(predictions);
        Tensor result = targets;
        if (takesLabels && !targets.DType.IsFloat()) result = targets.Cast(predictions.DType);
        if (result.Shape != predictions.Shape && IsColumn(result.Shape, predictions.Shape)) result = result.Reshape(predictions.Shape);
        if (result.Shape == predictions.Shape && result.DType == predictions.DType) return result;
        string hint = takesLabels || targets.DType.IsFloat() ? "" : " For class numbers use SparseCategoricalCrossentropy.";
        throw new ArgumentException($"{loss.GetType().Name}: expected targets like the predictions, {predictions.DType}{predictions.Shape}, got {targets.DType}{targets.Shape}.{hint}");
    }

    /// <summary><see cref="Match"/> for losses that go along the last axis.</summary>
    public static Tensor MatchRows(Loss loss, Tensor targets, Variable predictions)
    {
        Tensor matched = Match(loss, targets, predictions);
        if (predictions.Shape.Rank > 0) return matched;
        throw new ArgumentException($"{loss.GetType().Name}: expected predictions [N, ...], got a scalar.");
    }

    /// <summary>ln p over the last axis: from logits where these are what is given or what the softmax remembers, else of p clipped to [1e-7, 1 - 1e-7].</summary>
    public static Variable LogProbabilities(Variable predictions, bool fromLogits)
    {
        if (LogitsOf(predictions, fromLogits) is { } logits) return logits - Op.LogSumExp(logits, axes: -1, keepDimensions: true);
        return Op.Log(Clipped(predictions));
    }

    /// <summary>The logits, where they are known.</summary>
    public static Variable? LogitsOf(Variable predictions, bool fromLogits) => fromLogits ? predictions : predictions.Logits;

    /// <summary>Probabilities that have a logarithm, as have their complements.</summary>
    public static Variable Clipped(Variable probabilities) => Op.Clip(probabilities, Margin, 1 - Margin);

    /// <summary>t·(1 - smoothing) + smoothing/classes: a share of the certainty goes to all classes alike. Szegedy et al., 2016, section 7.</summary>
    public static Tensor Smooth(Tensor targets, double smoothing, int classes) => smoothing == 0
        ? targets
        : (targets * Tensor.Scalar(1 - smoothing, targets.DType)) + Tensor.Scalar(smoothing / classes, targets.DType);

    private static bool IsColumn(Shape a, Shape b) =>
        Math.Abs(a.Rank - b.Rank) == 1 && a.ElementCount == b.ElementCount && (a.Rank < b.Rank ? b : a)[-1] == 1;
}
