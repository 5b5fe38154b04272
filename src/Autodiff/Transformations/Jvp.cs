using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Derivatives
{
    /// <summary>A function's value and its Jacobian-vector product, how the value moves when x moves along the tangent, in one forward pass.</summary>
    /// <param name="function">Gives any shape.</param>
    /// <param name="x">The point: F32 or F64, any shape.</param>
    /// <param name="tangent">The direction, in x's shape.</param>
    /// <returns>The value, and the product in its shape.</returns>
    /// <exception cref="ArgumentException">The tangent has another shape than x, or the function's result left the tape.</exception>
    public static (Tensor Value, Tensor Product) Jvp(Func<Variable, Variable> function, Tensor x, Tensor tangent) => Jvp(OfList(function), [x], [tangent]);

    /// <summary>The value and the Jacobian-vector product of a function of several variables, which all move at once.</summary>
    /// <param name="function">Gives any shape.</param>
    /// <param name="xs">The point: one tensor for each variable.</param>
    /// <param name="tangents">A direction for each variable, in its shape.</param>
    /// <returns>The value, and the product in its shape.</returns>
    /// <exception cref="ArgumentException">Counts or shapes differ, or the function's result left the tape.</exception>
    public static (Tensor Value, Tensor Product) Jvp(Func<IReadOnlyList<Variable>, Variable> function, IReadOnlyList<Tensor> xs, IReadOnlyList<Tensor> tangents)
    {
        Variable[] directions = Constants(tangents);
        using Tape tape = new();
        (Variable[] watched, Variable y) = Evaluate(nameof(Jvp), tape, function, xs);
        return (y.Detach(), tape.Jvp(y, watched, directions).Detach());
    }
}
