using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// -Σ tᵢyᵢ/(‖t‖·‖y‖) along an axis, from -1, where both point the same way, to 1; a norm below 1e-7 counts as 1e-7. Targets are in the predictions' shape and type. Keras's
/// CosineSimilarity.
/// </summary>
public sealed class CosineSimilarity : Loss
{
    /// <summary>The axis along which the vectors lie; the last, -1, unless told otherwise. It cannot be the batch's.</summary>
    public int Axis { get; init; } = -1;

    /// <inheritdoc/>
    public override string Name => "cosine_similarity";

    /// <inheritdoc/>
    public override Variable PerExample(Tensor targets, Variable predictions)
    {
        Tensor matched = Operands.MatchRows(this, targets, predictions);
        int rank = predictions.Shape.Rank, axis = Axis < 0 ? Axis + rank : Axis;
        if (axis < 0 || axis >= rank || (axis == 0 && rank > 1)) throw new ArgumentException($"CosineSimilarity: expected an axis of predictions {predictions.Shape} other than the batch's, got axis {Axis}.", nameof(predictions));
        return -Op.Sum(Unit(matched, axis) * Unit(predictions, axis), axes: axis);
    }

    private static Variable Unit(Variable x, int axis) => x / Op.Clip(Op.Norm(x, axis, keepDimensions: true), Operands.Margin, double.PositiveInfinity);
}
