using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// <see cref="BinaryCrossentropy"/> times (1 - q)^γ, averaged over the last axis, where q = t·p + (1 - t)·(1 - p) is what the right answer was given: examples that are
/// right already count little. With class balancing also times t·α + (1 - t)·(1 - α). Lin et al., "Focal loss for dense object detection", 2017; Keras's
/// BinaryFocalCrossentropy. Below γ = 1 the slope has a pole where q rounds to 1.
/// </summary>
public sealed class BinaryFocalCrossentropy : ElementwiseLoss
{
    private readonly double labelSmoothing;
    private readonly double alpha = 0.25;
    private readonly double gamma = 2;

    /// <summary>Whether the predictions are logits, not probabilities; false unless told otherwise.</summary>
    public bool FromLogits { get; init; }

    /// <summary>How far targets are moved towards 1/2, from 0 to 1. 0 unless told otherwise.</summary>
    public double LabelSmoothing
    {
        get => labelSmoothing;
        init => labelSmoothing = value is >= 0 and <= 1 ? value : throw Error("a number from 0 to 1", value);
    }

    /// <summary>Whether <see cref="Alpha"/> is used; false unless told otherwise, as in Keras.</summary>
    public bool ApplyClassBalancing { get; init; }

    /// <summary>α, the weight of class 1, from 0 to 1; class 0 gets the rest. 0.25 unless told otherwise.</summary>
    public double Alpha
    {
        get => alpha;
        init => alpha = value is >= 0 and <= 1 ? value : throw Error("a number from 0 to 1", value);
    }

    /// <summary>γ, 0 or more: how little the easy examples count. 2 unless told otherwise.</summary>
    public double Gamma
    {
        get => gamma;
        init => gamma = value is >= 0 and < double.PositiveInfinity ? value : throw Error("a finite number of 0 or more", value);
    }

    /// <inheritdoc/>
    public override string Name => "binary_focal_crossentropy";

    private protected override bool TakesLabels => true;

    private protected override Variable Elements(Tensor targets, Variable predictions)
    {
        Tensor t = Operands.Smooth(targets, LabelSmoothing, classes: 2);
        Tensor one = Tensor.Scalar(1, t.DType), rest = one - t;
        Variable? logOdds = FromLogits ? predictions : predictions.LogOdds;

        // 1 - q without subtracting what is nearly 1 from 1, where there are log odds: 1 - sigmoid(z) = sigmoid(-z).
        Variable missing = logOdds is null ? (t * (1 - predictions)) + (rest * predictions) : (t * Op.Sigmoid(-logOdds)) + (rest * Op.Sigmoid(logOdds));
        Variable focal = Op.Power(missing, Gamma) * BinaryCrossentropy.Of(t, predictions, logOdds);
        return ApplyClassBalancing ? focal * ((t * Tensor.Scalar(Alpha, t.DType)) + (rest * Tensor.Scalar(1 - Alpha, t.DType))) : focal;
    }
}
