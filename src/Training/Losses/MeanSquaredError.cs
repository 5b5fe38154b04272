using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>(y - t)², averaged over the last axis. Targets are in the predictions' shape and type, [N] and [N, 1] being one. Keras's MeanSquaredError.</summary>
public sealed class MeanSquaredError : ElementwiseLoss
{
    /// <inheritdoc/>
    public override string Name => "mean_squared_error";

    private protected override Variable Elements(Tensor targets, Variable predictions) => Op.Square(predictions - targets);
}
