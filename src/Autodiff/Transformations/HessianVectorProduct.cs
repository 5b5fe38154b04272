using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Derivatives
{
    /// <summary>
    /// The Hessian times a vector, without the Hessian: how the gradient moves when x moves along the vector. One forward pass over the recorded gradient, at a few times the cost
    /// of the function. Pearlmutter, "Fast exact multiplication by the Hessian", 1994.
    /// </summary>
    /// <param name="function">Gives one element.</param>
    /// <param name="x">The point: F32 or F64, any shape.</param>
    /// <param name="vector">The direction, in x's shape.</param>
    /// <returns>The product, in x's shape.</returns>
    /// <exception cref="ArgumentException">The vector has another shape than x, the function gives more than one element, or its result left the tape.</exception>
    public static Tensor HessianVectorProduct(Func<Variable, Variable> function, Tensor x, Tensor vector) => HessianVectorProduct(OfList(function), [x], [vector])[0];

    /// <summary>The Hessian of a function of several variables times one vector over all of them.</summary>
    /// <param name="function">Gives one element.</param>
    /// <param name="xs">The point: one tensor for each variable.</param>
    /// <param name="vectors">The vector's parts, each in its variable's shape.</param>
    /// <returns>The product's parts, each in its variable's shape.</returns>
    /// <exception cref="ArgumentException">Counts or shapes differ, the function gives more than one element, or its result left the tape.</exception>
    public static Tensor[] HessianVectorProduct(Func<IReadOnlyList<Variable>, Variable> function, IReadOnlyList<Tensor> xs, IReadOnlyList<Tensor> vectors)
    {
        Variable[] directions = Constants(vectors);
        using Tape tape = new();
        (Variable[] watched, Variable y) = Evaluate(nameof(HessianVectorProduct), tape, function, xs);
        return Detach(tape.Jvp(tape.Gradient(y, watched, record: true), watched, directions));
    }
}
