using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// Σ tᵢ·ln(tᵢ/pᵢ) over the last axis: how far p is from t. Targets are probabilities in the predictions' shape and type; both are clipped to [1e-7, 1], but where p comes from a
/// softmax ln p is taken of its <see cref="Variable.Logits"/>, as in <see cref="CategoricalCrossentropy"/>. Kullback and Leibler, 1951; Keras's KLDivergence.
/// </summary>
public sealed class KLDivergence : Loss
{
    /// <inheritdoc/>
    public override string Name => "kl_divergence";

    /// <inheritdoc/>
    public override Variable PerExample(Tensor targets, Variable predictions)
    {
        Variable t = Clipped(Operands.MatchRows(this, targets, predictions));
        Variable logarithms = predictions.Logits is null ? Op.Log(Clipped(predictions)) : Operands.LogProbabilities(predictions, fromLogits: false);
        return Op.Sum(t * (Op.Log(t) - logarithms), axes: -1);
    }

    private static Variable Clipped(Variable x) => Op.Clip(x, Operands.Margin, 1);
}
