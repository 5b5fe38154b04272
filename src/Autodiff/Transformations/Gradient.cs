using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Derivatives
{
    /// <summary>
    /// The gradient of a function as a function itself: recorded on the tape of its argument, so that it can be differentiated in turn. <c>Gradient(Gradient(f))</c> is f″, and
    /// <c>x => Op.Sum(Op.Square(Gradient(f)(x)))</c> a penalty on a gradient. It is the derivative with respect to the argument alone: what the function takes from around it
    /// is held, also where that depends on the same variables.
    /// </summary>
    /// <param name="function">Gives one element for a variable of any shape.</param>
    /// <returns>A function that gives the gradient in its argument's shape. Without a recording tape it just computes.</returns>
    public static Func<Variable, Variable> Gradient(Func<Variable, Variable> function)
    {
        Func<IReadOnlyList<Variable>, Variable[]> gradients = Gradient(OfList(function));
        return x => gradients([x])[0];
    }

    /// <summary>The gradient of a function of several variables as a function, which gives one for each.</summary>
    /// <inheritdoc cref="Gradient(Func{Variable, Variable})"/>
    public static Func<IReadOnlyList<Variable>, Variable[]> Gradient(Func<IReadOnlyList<Variable>, Variable> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return xs =>
        {
            ArgumentNullException.ThrowIfNull(xs);
            Tape? around = xs.FirstOrDefault(x => x.Tape is not null)?.Tape;
            if (around is { Records: true })
            {
                Variable[] aliases = [.. xs.Select(x => AliasRule.Of(x, around))];
                return around.Gradient(OnTape.Call($"{nameof(Derivatives)}.{nameof(Gradient)}", around, function, aliases), aliases, record: true);
            }

            (_, Tensor[] gradients) = ValueAndGradient(function, [.. xs.Select(x => x.Value)]);
            return Array.ConvertAll(gradients, gradient => around?.Constant(gradient) ?? gradient);
        };
    }

    /// <summary>A function's value and its gradient at a point, in one pass forward and one back.</summary>
    /// <param name="function">Gives one element.</param>
    /// <param name="x">The point: F32 or F64, any shape.</param>
    /// <returns>The value, and the gradient in x's shape.</returns>
    /// <exception cref="ArgumentException">The function gives more than one element, or its result left the tape.</exception>
    public static (Tensor Value, Tensor Gradient) ValueAndGradient(Func<Variable, Variable> function, Tensor x)
    {
        (Tensor value, Tensor[] gradients) = ValueAndGradient(OfList(function), [x]);
        return (value, gradients[0]);
    }

    /// <summary>The value and the gradients of a function of several variables, in one pass forward and one back.</summary>
    /// <param name="function">Gives one element.</param>
    /// <param name="xs">The point: one tensor for each variable.</param>
    /// <returns>The value, and a gradient for each variable in its shape.</returns>
    /// <exception cref="ArgumentException">The function gives more than one element, or its result left the tape.</exception>
    public static (Tensor Value, Tensor[] Gradients) ValueAndGradient(Func<IReadOnlyList<Variable>, Variable> function, IReadOnlyList<Tensor> xs)
    {
        using Tape tape = new();
        (Variable[] watched, Variable y) = Evaluate(nameof(ValueAndGradient), tape, function, xs);
        return (y.Detach(), Detach(tape.Gradient(y, watched)));
    }
}
