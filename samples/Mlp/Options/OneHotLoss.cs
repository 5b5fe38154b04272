using Tapestry.Autodiff;
using Tapestry.Tensors;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>A loss of one-hot rows, of class numbers.</summary>
internal sealed class OneHotLoss(Loss loss) : Loss
{
    public override string Name => loss.Name;

    public override Variable PerExample(Tensor targets, Variable predictions) => loss.PerExample(Indexing.OneHot(targets, predictions.Shape[-1], predictions.DType), predictions);

    public override string ToString() => loss.ToString();
}
