using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>
/// Derivatives of functions at points: numbers in, numbers out. Each makes a tape of its own, runs the function on it and takes what is asked for with
/// <see cref="Tape.Gradient(Variable, Variable, Variable, bool)"/> or <see cref="Tape.Jvp(Variable, IReadOnlyList{Variable}, IReadOnlyList{Variable}, bool)"/>; the results
/// outlive the tape. A function takes variables and gives one, in operations: <c>x => Op.Sum(Op.Exp(x))</c>. Layers work inside it. A function of several variables gets
/// them as a list. One transformation stands in each file under <c>Transformations/</c>.
/// </summary>
public static partial class Derivatives
{
    /// <summary>A function of one variable as one of a list.</summary>
    private static Func<IReadOnlyList<Variable>, Variable> OfList(Func<Variable, Variable> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return xs => function(xs[0]);
    }

    /// <summary>Runs a function on a tape that watches its arguments.</summary>
    private static (Variable[] Xs, Variable Y) Evaluate(string caller, Tape tape, Func<IReadOnlyList<Variable>, Variable> function, IReadOnlyList<Tensor> xs)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(xs);
        Variable[] watched = [.. xs.Select(tape.Watch)];
        return (watched, OnTape.Call($"{nameof(Derivatives)}.{caller}", tape, function, watched));
    }

    private static Tensor[] Detach(Variable[] variables) => Array.ConvertAll(variables, variable => variable.Detach());

    private static Variable[] Constants(IReadOnlyList<Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return [.. tensors.Select(tensor => (Variable)tensor)];
    }

    /// <summary>1 at one position, row-major, and 0 elsewhere.</summary>
    private static Tensor OneHot(int position, Shape shape, DType dtype) =>
        Indexing.OneHot(Tensor.Scalar(position, DType.I32), shape.ElementCount, dtype).Reshape(shape);
}
