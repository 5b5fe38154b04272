using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>
/// What losses share that compare element with element: the loss of an example is the mean over its last axis, and that of [N], where an example is one number, the number's own.
/// </summary>
public abstract class ElementwiseLoss : Loss
{
    /// <summary>Whether targets may be the class numbers 0 and 1 as integers.</summary>
    private protected virtual bool TakesLabels => false;

    /// <inheritdoc/>
    public sealed override Variable PerExample(Tensor targets, Variable predictions)
    {
        Variable elements = Elements(Operands.Match(this, targets, predictions, TakesLabels), predictions);
        return elements.Shape.Rank < 2 ? elements : Op.Mean(elements, axes: -1);
    }

    /// <summary>The loss of each element.</summary>
    /// <param name="targets">In the predictions' shape and type.</param>
    /// <param name="predictions">Any shape.</param>
    private protected abstract Variable Elements(Tensor targets, Variable predictions);

    /// <summary>Rows are of one length, so the mean of their means is the mean over everything.</summary>
    private protected sealed override Variable? Mean(Tensor targets, Variable predictions, Tensor? weights) =>
        weights is null ? Op.Mean(Elements(Operands.Match(this, targets, predictions, TakesLabels), predictions)) : null;
}
