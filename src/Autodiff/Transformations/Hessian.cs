using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Derivatives
{
    /// <summary>
    /// All second derivatives of a function: the Jacobian of its gradient, forward over reverse. The gradient is recorded once and a tangent is pushed through it for each element
    /// of x.
    /// </summary>
    /// <param name="function">Gives one element.</param>
    /// <param name="x">The point: F32 or F64, any shape.</param>
    /// <returns>[...shape of x, ...shape of x]; symmetric up to rounding.</returns>
    /// <exception cref="ArgumentException">The function gives more than one element, or its result left the tape.</exception>
    public static Tensor Hessian(Func<Variable, Variable> function, Tensor x) => Jacobian(Gradient(function), x, JacobianMode.Forward);

    /// <summary>The second derivatives of a function of several variables, block by block.</summary>
    /// <param name="function">Gives one element.</param>
    /// <param name="xs">The point: one tensor for each variable.</param>
    /// <returns>At [i][j] the derivatives by variable i and then j: [...shape of i, ...shape of j].</returns>
    /// <exception cref="ArgumentException">The function gives more than one element, or its result left the tape.</exception>
    public static Tensor[][] Hessian(Func<IReadOnlyList<Variable>, Variable> function, IReadOnlyList<Tensor> xs)
    {
        ArgumentNullException.ThrowIfNull(xs);
        Func<IReadOnlyList<Variable>, Variable[]> gradients = Gradient(function);
        return [.. xs.Select((_, i) => Jacobian(at => gradients(at)[i], xs, JacobianMode.Forward))];
    }
}
