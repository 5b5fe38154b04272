using System.Globalization;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Differentiate;

/// <summary>A derivative that somebody worked out: as text, line by line, and as code that takes all inputs and gives the derivatives by the asked ones.</summary>
internal sealed record ByHand(IReadOnlyList<string> Formula, Func<IReadOnlyList<Variable>, Variable[]> Derivatives);

/// <summary>A function that gives one number, and where it is to be differentiated.</summary>
/// <param name="Name">The function as text, for the table: <c>a*b + exp(a)</c>.</param>
/// <param name="Inputs">The point, in F64, under the names that formulas use.</param>
/// <param name="Asked">The positions of the inputs to differentiate by.</param>
/// <param name="Function">Takes a variable for each input and gives one element.</param>
/// <param name="ByHand">A derivative by hand; null where nobody has written one.</param>
internal sealed record Problem(
    string Name,
    IReadOnlyList<(string Name, Tensor Value)> Inputs,
    IReadOnlyList<int> Asked,
    Func<IReadOnlyList<Variable>, Variable> Function,
    ByHand? ByHand)
{
    /// <summary>The numbers that inputs are, in order.</summary>
    public IReadOnlyList<Tensor> Values { get; } = [.. Inputs.Select(input => input.Value)];

    /// <summary>A name for each derivative: <c>a</c>, or <c>x[0]</c> for an element of a vector or of a column, or <c>W[0,1]</c>.</summary>
    public IReadOnlyList<string> Elements { get; } = [.. Asked.SelectMany(i => Names(Inputs[i].Name, Inputs[i].Value.Shape))];

    /// <summary>Watches the inputs on a tape, and computes the function there.</summary>
    public (Variable[] Inputs, Variable[] Asked, Variable Result) Record(Tape tape)
    {
        Variable[] inputs = [.. Values.Select(tape.Watch)];
        return (inputs, [.. Asked.Select(i => inputs[i])], Function(inputs));
    }

    private static IEnumerable<string> Names(string name, Shape shape)
    {
        if (shape.All(size => size == 1)) return [name];
        int[] sizes = shape.Rank == 2 && shape[1] == 1 ? [shape[0]] : [.. shape];
        return Enumerable.Range(0, shape.ElementCount).Select(position =>
        {
            int[] index = new int[sizes.Length];
            for (int axis = sizes.Length - 1; axis >= 0; axis--) (position, index[axis]) = Math.DivRem(position, sizes[axis]);
            return string.Create(CultureInfo.InvariantCulture, $"{name}[{string.Join(',', index)}]");
        });
    }
}
