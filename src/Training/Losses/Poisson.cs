using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// y - t·ln(y + 1e-7), averaged over the last axis: the negative logarithm of the probability of a count t where y are expected, less what does not depend on y. Predictions are
/// 0 or more; targets are in their shape and type, [N] and [N, 1] being one. Keras's Poisson.
/// </summary>
public sealed class Poisson : ElementwiseLoss
{
    /// <inheritdoc/>
    public override string Name => "poisson";

    private protected override Variable Elements(Tensor targets, Variable predictions) => predictions - (targets * Op.Log(predictions + Operands.Margin));
}
