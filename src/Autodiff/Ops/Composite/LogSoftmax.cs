namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>
    /// The logarithm of <see cref="Softmax"/> along an axis: x - ln Σ eˣ, with the maximum taken out first, so that nothing overflows and no probability is rounded to 0
    /// before its logarithm is taken. NaN where all of a row is -∞, as in PyTorch: there is no probability then.
    /// </summary>
    /// <param name="x">Any shape of rank 1 or more.</param>
    /// <param name="axis">The axis along which the probabilities add up to 1; the last unless told otherwise.</param>
    public static Variable LogSoftmax(Variable x, int axis = -1)
    {
        ArgumentNullException.ThrowIfNull(x);
        Variable shifted = x - StopGradient(Max(x, axis, keepDimensions: true));
        return shifted - Log(Sum(Exp(shifted), axis, keepDimensions: true));
    }
}
