using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// max(n - p + 1, 0) over the last axis, with p = Σ tᵢ·yᵢ, what the right class was given, and n = max (1 - tᵢ)·yᵢ, the most that a wrong one was given. Targets are one-hot
/// rows in the predictions' shape and type. Keras's CategoricalHinge.
/// </summary>
public sealed class CategoricalHinge : Loss
{
    /// <inheritdoc/>
    public override string Name => "categorical_hinge";

    /// <inheritdoc/>
    public override Variable PerExample(Tensor targets, Variable predictions)
    {
        Tensor t = Operands.MatchRows(this, targets, predictions), rest = Tensor.Scalar(1, t.DType) - t;
        return Op.Relu(Op.Max(rest * predictions, axes: -1) - Op.Sum(t * predictions, axes: -1) + 1);
    }
}
