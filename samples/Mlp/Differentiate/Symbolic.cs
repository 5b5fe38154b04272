using Tapestry.Autodiff;
using Tapestry.Autodiff.Symbolic;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Differentiate;

/// <summary>The derivatives as formulas: the recorded reverse pass read back, and simplified.</summary>
/// <param name="Recorded">One for each input that was asked for, as it was recorded.</param>
/// <param name="Simplified">The same in simplest form.</param>
internal sealed record Symbolic(IReadOnlyList<Expression> Recorded, IReadOnlyList<Expression> Simplified)
{
    // What the reverse pass starts from. It is watched so that the pass records all it does, and reads as the number that it is.
    private const string Seed = "1";

    public static Symbolic Of(Problem problem)
    {
        using Tape tape = new();
        (Variable[] inputs, Variable[] asked, Variable result) = problem.Record(tape);
        Variable seed = tape.Watch(Tensor.Ones(result.Shape, result.DType));
        (Variable, string)[] names = [.. inputs.Zip(problem.Inputs, (variable, input) => (variable, input.Name)), (seed, Seed)];
        Expression[] recorded = [.. tape.Gradient(result, asked, seed, record: true).Select(gradient => Expression.Of(gradient, names))];
        return new Symbolic(recorded, [.. recorded.Select(expression => expression.Simplify((Seed, 1)))]);
    }

    /// <summary>Evaluates the formulas at variables for the problem's inputs.</summary>
    public Variable[] Evaluate(Problem problem, IReadOnlyList<Variable> inputs)
    {
        Dictionary<string, Variable> values = problem.Inputs.Select((input, i) => (input.Name, inputs[i])).ToDictionary();
        return [.. Simplified.Select(expression => expression.Evaluate(values))];
    }
}
