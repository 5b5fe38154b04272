using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// |y - t|, averaged over the last axis; the slope where they are equal is 0. Targets are in the predictions' shape and type, [N] and [N, 1] being one. Keras's
/// MeanAbsoluteError.
/// </summary>
public sealed class MeanAbsoluteError : ElementwiseLoss
{
    /// <inheritdoc/>
    public override string Name => "mean_absolute_error";

    private protected override Variable Elements(Tensor targets, Variable predictions) => Op.Abs(predictions - targets);
}
