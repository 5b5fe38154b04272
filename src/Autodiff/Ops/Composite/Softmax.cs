namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// eˣ / Σ eˣ along an axis, with the maximum taken out first, so that logits of 1000 do not overflow. Over the last axis the result remembers its
    /// <see cref="Variable.Logits"/>, from which cross-entropy computes. NaN where all of a row is -∞, as in PyTorch.
    /// </summary>
    /// <param name="x">Any shape of rank 1 or more.</param>
    /// <param name="axis">The axis along which the results add up to 1; the last unless told otherwise.</param>
    public static Variable Softmax(Variable x, int axis = -1)
    {
        ArgumentNullException.ThrowIfNull(x);
        Variable exponentials = Exp(x - StopGradient(Max(x, axis, keepDimensions: true)));
        Variable result = exponentials / Sum(exponentials, axis, keepDimensions: true);
        if (axis == -1 || axis == x.Shape.Rank - 1) result.Logits = x;
        return result;
    }
}
