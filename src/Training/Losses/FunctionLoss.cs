using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>A function of the user's own.</summary>
internal sealed class FunctionLoss(LossFunction function) : Loss
{
    /// <inheritdoc/>
    public override string Name => "loss";

    /// <inheritdoc/>
    public override Variable PerExample(Tensor targets, Variable predictions) => function(targets, predictions);

    /// <inheritdoc/>
    public override string ToString() => "Loss";
}
