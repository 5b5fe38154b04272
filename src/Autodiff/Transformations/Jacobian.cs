using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Derivatives
{
    /// <summary>All partial derivatives of a function's elements with respect to x's.</summary>
    /// <param name="function">Gives any shape.</param>
    /// <param name="x">The point: F32 or F64, any shape.</param>
    /// <param name="mode">How: by the cheaper way unless told otherwise.</param>
    /// <returns>[...shape of the value, ...shape of x]</returns>
    /// <exception cref="ArgumentException">The function's result left the tape.</exception>
    public static Tensor Jacobian(Func<Variable, Variable> function, Tensor x, JacobianMode mode = JacobianMode.Auto) => Jacobian(OfList(function), [x], mode)[0];

    /// <summary>The Jacobians of a function of several variables, one for each. The passes of both modes are counted over all of them.</summary>
    /// <param name="function">Gives any shape.</param>
    /// <param name="xs">The point: one tensor for each variable.</param>
    /// <param name="mode">How: by the cheaper way unless told otherwise.</param>
    /// <returns>[...shape of the value, ...shape of the variable] for each.</returns>
    /// <exception cref="ArgumentException">The function's result left the tape.</exception>
    public static Tensor[] Jacobian(Func<IReadOnlyList<Variable>, Variable> function, IReadOnlyList<Tensor> xs, JacobianMode mode = JacobianMode.Auto)
    {
        using Tape tape = new();
        (Variable[] watched, Variable y) = Evaluate(nameof(Jacobian), tape, function, xs);
        if (mode == JacobianMode.Auto) mode = xs.Sum(x => (long)x.Length) < y.Shape.ElementCount ? JacobianMode.Forward : JacobianMode.Reverse;
        Tensor[] matrices = mode == JacobianMode.Forward ? [.. watched.Select(x => ByColumns(tape, y, x))] : ByRows(tape, y, watched);
        return [.. matrices.Select((matrix, i) => matrix.Reshape(Shape.Of([.. y.Shape, .. xs[i].Shape])))];
    }

    private static Tensor[] ByRows(Tape tape, Variable y, Variable[] xs)
    {
        Tensor[] matrices = Array.ConvertAll(xs, x => Tensor.Zeros([y.Shape.ElementCount, x.Shape.ElementCount], x.DType));
        int mark = tape.OwnedCount;
        for (int row = 0; row < y.Shape.ElementCount; row++)
        {
            Variable[] gradients = tape.Gradient(y, xs, OneHot(row, y.Shape, y.DType));
            for (int i = 0; i < xs.Length; i++) gradients[i].Value.AsBytes().CopyTo(matrices[i].Rows(row, 1).AsBytes());
            tape.ReleaseFrom(mark);
        }

        return matrices;
    }

    private static Tensor ByColumns(Tape tape, Variable y, Variable x)
    {
        Tensor transposed = Tensor.Zeros([x.Shape.ElementCount, y.Shape.ElementCount], y.DType);
        int mark = tape.OwnedCount;
        for (int column = 0; column < x.Shape.ElementCount; column++)
        {
            tape.Jvp(y, [x], [OneHot(column, x.Shape, x.DType)]).Value.AsBytes().CopyTo(transposed.Rows(column, 1).AsBytes());
            tape.ReleaseFrom(mark);
        }

        return Indexing.Permute(transposed, [1, 0]);
    }
}
