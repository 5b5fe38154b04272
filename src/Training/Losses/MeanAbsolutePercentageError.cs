using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// 100·|y - t|/max(|t|, 1e-7), averaged over the last axis. Targets are in the predictions' shape and type, [N] and [N, 1] being one. Keras's
/// MeanAbsolutePercentageError.
/// </summary>
public sealed class MeanAbsolutePercentageError : ElementwiseLoss
{
    /// <inheritdoc/>
    public override string Name => "mean_absolute_percentage_error";

    private protected override Variable Elements(Tensor targets, Variable predictions)
    {
        Variable scale = Op.Clip(Op.Abs(targets), Operands.Margin, double.PositiveInfinity);
        return Op.Abs((predictions - targets) / scale) * 100;
    }
}
