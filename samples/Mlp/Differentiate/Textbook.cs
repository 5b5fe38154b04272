using System.Globalization;
using System.Text.RegularExpressions;
using Tapestry.Autodiff;
using Tapestry.Samples.Mlp.Expressions;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Differentiate;

/// <summary>The derivatives that a table in a textbook lists: those of a single operation. They are written as expressions, which are what is shown and what is computed.</summary>
internal static partial class Textbook
{
    // By operation, a formula for each operand: x of one, a and b of two.
    private static readonly Dictionary<string, string[]> Table = new()
    {
        [nameof(Op.Add)] = ["1", "1"],
        [nameof(Op.Subtract)] = ["1", "-1"],
        [nameof(Op.Multiply)] = ["b", "a"],
        [nameof(Op.Divide)] = ["1/b", "-a/b^2"],
        [nameof(Op.Negate)] = ["-1"],
        [nameof(Op.Exp)] = ["exp(x)"],
        [nameof(Op.Expm1)] = ["exp(x)"],
        [nameof(Op.Log)] = ["1/x"],
        [nameof(Op.Log1p)] = ["1/(1 + x)"],
        [nameof(Op.Sqrt)] = ["1/(2*sqrt(x))"],
        [nameof(Op.Rsqrt)] = ["-1/(2*x*sqrt(x))"],
        [nameof(Op.Square)] = ["2*x"],
        [nameof(Op.Power)] = ["b*a^(b - 1)", "a^b*log(a)"],
        [nameof(Op.Sin)] = ["cos(x)"],
        [nameof(Op.Cos)] = ["-sin(x)"],
        [nameof(Op.Tan)] = ["1 + tan(x)^2"],
        [nameof(Op.Tanh)] = ["1 - tanh(x)^2"],
        [nameof(Op.Sigmoid)] = ["sigmoid(x)*(1 - sigmoid(x))"],
        [nameof(Op.Softplus)] = ["sigmoid(x)"],
    };

    /// <summary>The derivative of an expression that is one operation on numbers; null where it is another.</summary>
    public static ByHand? Of(Problem problem)
    {
        using Tape tape = new();
        (Variable[] inputs, Variable[] asked, Variable result) = problem.Record(tape);
        if (tape.Entries is not [Entry entry] || entry.Output != result || !Table.TryGetValue(entry.Rule.Name, out string[]? formulas)) return null;
        if (entry.Operands.Any(operand => operand.Shape.Rank > 0) || entry.Operands.Distinct().Count() < entry.Operands.Count) return null;

        string[] names = [.. entry.Operands.Select(operand => Array.IndexOf(inputs, operand) is >= 0 and int i ? problem.Inputs[i].Name : Number(operand.Value))];
        string Filled(string formula) => Placeholder().Replace(formula, match => names[match.Value == "b" ? 1 : 0]);
        return FromText([.. asked.Select(x => entry.Operands.ToList().IndexOf(x) is >= 0 and int operand ? Filled(formulas[operand]) : "0")], problem);
    }

    /// <summary>A derivative by hand from its formulas.</summary>
    /// <param name="formulas">One for each asked input, of the problem's names.</param>
    /// <param name="problem">What it is a derivative of.</param>
    public static ByHand FromText(IReadOnlyList<string> formulas, Problem problem)
    {
        Calculation[] calculations = [.. formulas.Select(formula => ExpressionParser.Parse("--by-hand", formula))];
        return new ByHand(
            [.. formulas.Select((formula, i) => $"df/d{problem.Inputs[problem.Asked[i]].Name} = {formula}")],
            inputs =>
            {
                Dictionary<string, Variable> values = problem.Inputs.Select((input, i) => (input.Name, inputs[i])).ToDictionary();
                return Array.ConvertAll(calculations, calculation => calculation.Evaluate(values));
            });
    }

    private static string Number(Tensor value)
    {
        string text = value.ToScalar().ToString(CultureInfo.InvariantCulture);
        return text.StartsWith('-') ? $"({text})" : text;
    }

    [GeneratedRegex(@"\b[abx]\b")]
    private static partial Regex Placeholder();
}
