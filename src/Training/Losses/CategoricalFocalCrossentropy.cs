using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// -Σ α·tᵢ·(1 - pᵢ)^γ·ln pᵢ over the last axis: cross-entropy in which classes that are right already count little. From a softmax's logits where they are known, as
/// <see cref="CategoricalCrossentropy"/>, whose targets it takes. Lin et al., "Focal loss for dense object detection", 2017; Keras's CategoricalFocalCrossentropy.
/// </summary>
public sealed class CategoricalFocalCrossentropy : Loss
{
    private readonly double labelSmoothing;
    private readonly double alpha = 0.25;
    private readonly double gamma = 2;

    /// <summary>Whether the predictions are logits, not probabilities; false unless told otherwise.</summary>
    public bool FromLogits { get; init; }

    /// <summary>The share of each target that is spread over all classes alike, from 0 to 1. 0 unless told otherwise.</summary>
    public double LabelSmoothing
    {
        get => labelSmoothing;
        init => labelSmoothing = value is >= 0 and <= 1 ? value : throw Error("a number from 0 to 1", value);
    }

    /// <summary>α, a factor of everything; 0.25 unless told otherwise.</summary>
    public double Alpha
    {
        get => alpha;
        init => alpha = value is >= 0 and < double.PositiveInfinity ? value : throw Error("a finite number of 0 or more", value);
    }

    /// <summary>γ, 0 or more: how little the easy examples count. 2 unless told otherwise.</summary>
    public double Gamma
    {
        get => gamma;
        init => gamma = value is >= 0 and < double.PositiveInfinity ? value : throw Error("a finite number of 0 or more", value);
    }

    /// <inheritdoc/>
    public override string Name => "categorical_focal_crossentropy";

    /// <inheritdoc/>
    public override Variable PerExample(Tensor targets, Variable predictions)
    {
        Tensor t = Operands.Smooth(Operands.MatchRows(this, targets, predictions), LabelSmoothing, predictions.Shape[-1]);
        Variable logarithms = Operands.LogProbabilities(predictions, FromLogits);

        // 1 - p = -(e^(ln p) - 1), which keeps its precision where p is nearly 1.
        return Op.Sum(Op.Power(-Op.Expm1(logarithms), Gamma) * logarithms * t, axes: -1) * -Alpha;
    }
}
