using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// max(1 - t·y, 0), averaged over the last axis. Targets are -1 and 1 in the predictions' shape, [N] and [N, 1] being one; targets that are all 0 or 1, integers too, are
/// taken as -1 and 1. Keras's Hinge.
/// </summary>
public sealed class Hinge : ElementwiseLoss
{
    /// <inheritdoc/>
    public override string Name => "hinge";

    private protected override bool TakesLabels => true;

    /// <summary>max(1 - t·y, 0).</summary>
    internal static Variable Of(Tensor targets, Variable predictions) => Op.Relu(1 - (Signs(targets) * predictions));

    private protected override Variable Elements(Tensor targets, Variable predictions) => Of(targets, predictions);

    private static Tensor Signs(Tensor targets)
    {
        foreach (double target in targets.ToDoubles())
        {
            if (target is not (0 or 1)) return targets;
        }

        return (targets * Tensor.Scalar(2, targets.DType)) - Tensor.Scalar(1, targets.DType);
    }
}
