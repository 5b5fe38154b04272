using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Derivatives
{
    /// <summary>
    /// A derivative of any order of a function of one number, by recording the reverse pass and differentiating it again. Each order makes the record some times longer, so high
    /// orders are for small functions.
    /// </summary>
    /// <param name="function">Gives one element.</param>
    /// <param name="x">The point: one element.</param>
    /// <param name="order">How often to differentiate: 0 gives the value.</param>
    /// <returns>The derivative, in the value's shape for order 0 and in x's beyond.</returns>
    /// <exception cref="ArgumentException">x or the value has more elements than one, or the function's result left the tape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order is negative.</exception>
    public static Tensor NthDerivative(Func<Variable, Variable> function, Tensor x, int order)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(x);
        if (order < 0) throw new ArgumentOutOfRangeException(nameof(order), string.Create(CultureInfo.InvariantCulture, $"Derivatives.NthDerivative: expected an order of 0 or more, got {order}."));
        if (x.Length != 1) throw new ArgumentException($"Derivatives.NthDerivative: expected a point of one element, got shape {x.Shape}. Several variables have Gradient, Hessian and Jacobian.", nameof(x));

        for (int i = 0; i < order; i++) function = Gradient(function);
        using Tape tape = new();
        return Evaluate(nameof(NthDerivative), tape, OfList(function), [x]).Y.Detach();
    }
}
