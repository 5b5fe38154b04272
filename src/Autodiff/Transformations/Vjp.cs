using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Derivatives
{
    /// <summary>A function's value and its vector-Jacobian product, the upstream weights times the Jacobian, in one reverse pass.</summary>
    /// <param name="function">Gives any shape.</param>
    /// <param name="x">The point: F32 or F64, any shape.</param>
    /// <param name="upstream">A weight for each element of the value, in its shape.</param>
    /// <returns>The value, and the product in x's shape.</returns>
    /// <exception cref="ArgumentException">The weights have another shape than the value, or that left the tape.</exception>
    public static (Tensor Value, Tensor Product) Vjp(Func<Variable, Variable> function, Tensor x, Tensor upstream)
    {
        (Tensor value, Tensor[] products) = Vjp(OfList(function), [x], upstream);
        return (value, products[0]);
    }

    /// <summary>The value and the vector-Jacobian products of a function of several variables, in one reverse pass.</summary>
    /// <param name="function">Gives any shape.</param>
    /// <param name="xs">The point: one tensor for each variable.</param>
    /// <param name="upstream">A weight for each element of the value, in its shape.</param>
    /// <returns>The value, and a product for each variable in its shape.</returns>
    /// <exception cref="ArgumentException">The weights have another shape than the value, or that left the tape.</exception>
    public static (Tensor Value, Tensor[] Products) Vjp(Func<IReadOnlyList<Variable>, Variable> function, IReadOnlyList<Tensor> xs, Tensor upstream)
    {
        ArgumentNullException.ThrowIfNull(upstream);
        using Tape tape = new();
        (Variable[] watched, Variable y) = Evaluate(nameof(Vjp), tape, function, xs);
        return (y.Detach(), Detach(tape.Gradient(y, watched, upstream)));
    }
}
