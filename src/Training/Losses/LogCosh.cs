using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// ln cosh(y - t), averaged over the last axis: a parabola near 0, |y - t| - ln 2 far away. Computed as x + softplus(-2x) - ln 2 for x = y - t, which neither overflows nor
/// has a kink. Targets are in the predictions' shape and type, [N] and [N, 1] being one. Keras's LogCosh.
/// </summary>
public sealed class LogCosh : ElementwiseLoss
{
    private const double Ln2 = 0.693147180559945309417;

    /// <inheritdoc/>
    public override string Name => "log_cosh";

    private protected override Variable Elements(Tensor targets, Variable predictions)
    {
        Variable error = predictions - targets;
        return error + Op.Softplus(error * -2) - Ln2;
    }
}
