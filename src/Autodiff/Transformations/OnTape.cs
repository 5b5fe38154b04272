namespace Tapestry.Autodiff;

/// <summary>Calls a user's function, and sees that its result is one that derivatives can be taken of.</summary>
internal static class OnTape
{
    /// <summary>The function's value for variables of a tape.</summary>
    /// <param name="caller">Who says so in the error: <c>Derivatives.Hessian</c>.</param>
    /// <param name="tape">The tape of the arguments.</param>
    /// <param name="function">The user's function.</param>
    /// <param name="xs">Its arguments.</param>
    /// <exception cref="ArgumentException">The result lies on another tape, or on none.</exception>
    public static Variable Call(string caller, Tape tape, Func<IReadOnlyList<Variable>, Variable> function, IReadOnlyList<Variable> xs)
    {
        Variable y = function(xs);
        return y.Tape == tape
            ? y
            : throw new ArgumentException($"{caller}: expected a function whose result lies on the tape of its inputs, got one {(y.Tape is null ? "without a tape. Does it take Value or Detach() of an input?" : "of another tape. Does it give a variable from outside?")}", nameof(function));
    }
}
