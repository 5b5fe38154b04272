using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>
/// What <see cref="Op.StopGradient"/> let through in one evaluation of a function, in order, so that another evaluation can hold it: to the derivative it is constant, and
/// so it must be to a finite difference that judges the derivative.
/// </summary>
internal sealed class HeldValues
{
    private readonly List<Tensor> values = [];
    private int next;
    private bool isHeld;

    /// <summary>Begins an evaluation that takes the values of the first.</summary>
    public void Replay() => (isHeld, next) = (true, 0);

    /// <summary>The value to let through.</summary>
    public Tensor Next(Tensor value)
    {
        if (isHeld) return values[next++];
        values.Add(value.Clone());
        return value;
    }
}
