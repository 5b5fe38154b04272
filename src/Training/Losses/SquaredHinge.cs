using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>max(1 - t·y, 0)², averaged over the last axis; targets as for <see cref="Hinge"/>. Keras's SquaredHinge.</summary>
public sealed class SquaredHinge : ElementwiseLoss
{
    /// <inheritdoc/>
    public override string Name => "squared_hinge";

    private protected override bool TakesLabels => true;

    private protected override Variable Elements(Tensor targets, Variable predictions) => Op.Square(Hinge.Of(targets, predictions));
}
