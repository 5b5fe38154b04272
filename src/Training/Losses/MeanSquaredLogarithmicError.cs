using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// (ln(1 + y) - ln(1 + t))², averaged over the last axis, where what lies below 1e-7 counts as 1e-7, without a slope. Targets are in the predictions' shape and type,
/// [N] and [N, 1] being one. Keras's MeanSquaredLogarithmicError.
/// </summary>
public sealed class MeanSquaredLogarithmicError : ElementwiseLoss
{
    /// <inheritdoc/>
    public override string Name => "mean_squared_logarithmic_error";

    private protected override Variable Elements(Tensor targets, Variable predictions) => Op.Square(Logarithm(predictions) - Logarithm(targets));

    private static Variable Logarithm(Variable x) => Op.Log1p(Op.Clip(x, Operands.Margin, double.PositiveInfinity));
}
