using Tapestry.Autodiff;
using Tapestry.Tensors;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>A loss that is given one-hot rows where the targets are class numbers, and the targets themselves where they are numbers to be answered.</summary>
internal sealed class OneHotLoss(Loss loss) : Loss
{
    public override string Name => loss.Name;

    public override Variable PerExample(Tensor targets, Variable predictions) =>
        loss.PerExample(targets.DType.IsFloat() ? targets : Indexing.OneHot(targets, predictions.Shape[-1], predictions.DType), predictions);

    public override string ToString() => loss.ToString();
}
