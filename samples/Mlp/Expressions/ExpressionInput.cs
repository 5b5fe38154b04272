using System.CommandLine;
using System.Globalization;
using Tapestry.Autodiff;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Expressions;

/// <summary>An expression, and where it is to be evaluated: the options <c>--expression</c> and <c>--at</c>.</summary>
/// <param name="Expression">The expression.</param>
/// <param name="At">A value in F64 for each name in it, in the order in which they were given.</param>
internal sealed record ExpressionInput(Calculation Expression, IReadOnlyList<(string Name, Tensor Value)> At)
{
    private const string ExpressionName = "--expression";
    private const string AtName = "--at";

    /// <summary>The option for the expression.</summary>
    public static Option<string?> ExpressionOption() => new(ExpressionName)
    {
        Description = "An expression of numbers, names, + - * / ^, and the catalogue's operations: a*b + exp(a).",
        HelpName = "EXPRESSION",
    };

    /// <summary>The option for the values.</summary>
    public static Option<string?> AtOption() => new(AtName)
    {
        Description = "What the names in the expression stand for: a=1,b=2; or vectors and matrices, as x=[1,2,3] and W=[[1,2],[3,4]].",
        HelpName = "NAME=VALUE,...",
    };

    /// <summary>Reads both options.</summary>
    /// <exception cref="UsageException">One cannot be read, or they have not the same names.</exception>
    public static ExpressionInput Read(string expression, string? at)
    {
        Calculation calculation = ExpressionParser.Parse(ExpressionName, expression);
        List<(string Name, Tensor Value)> values = at is null ? [] : Assignments(at);
        foreach (NameStep used in calculation.Names)
        {
            if (values.Any(value => value.Name == used.Name)) continue;
            string hint = values.Count > 0 && Suggestion.For(used.Name, values.Select(value => value.Name)) is { Length: > 0 } near ? near
                : Functions.Has(used.Name) ? $" An operation takes its operands in brackets: {used.Name}(...)."
                : "";
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{AtName}: expected a value for {used.Name}, which is used at character {used.Position} of the expression, got {(values.Count == 0 ? "none" : string.Join(", ", values.Select(value => value.Name)))}.{hint}"));
        }

        if (values.FirstOrDefault(value => calculation.Names.All(used => used.Name != value.Name)).Name is { } unused)
        {
            throw new UsageException($"{AtName}: expected values for the names in the expression{(calculation.Names.Count == 0 ? ", which has none" : $", {string.Join(", ", calculation.Names.Select(name => name.Name))}")}, got one for {unused}.{Suggestion.For(unused, calculation.Names.Select(name => name.Name))}");
        }

        return new ExpressionInput(calculation, values);
    }

    /// <summary>Computes the expression on a tape that watches the values.</summary>
    /// <returns>The result, and the variables by their names.</returns>
    /// <exception cref="UsageException">An operation refuses its operands.</exception>
    public (Variable Result, IReadOnlyList<(Variable Variable, string Name)> Leaves) Evaluate(Tape tape)
    {
        (Variable Variable, string Name)[] leaves = [.. At.Select(value => (tape.Watch(value.Value), value.Name))];
        return (Expression.Evaluate(leaves.ToDictionary(leaf => leaf.Name, leaf => leaf.Variable)), leaves);
    }

    private static List<(string Name, Tensor Value)> Assignments(string text)
    {
        TokenReader tokens = new(AtName, text);
        List<(string Name, Tensor Value)> values = [];
        do
        {
            if (values.Count > 0) tokens.Take();
            Token name = tokens.Next;
            if (name.Kind != TokenKind.Name) throw tokens.Expected("a name");
            if (values.Any(value => value.Name == name.Text)) throw tokens.Expected("each name once");
            tokens.Take();
            tokens.Take("=", "'='");
            values.Add((name.Text, tokens.List()));
        }
        while (tokens.Next.Text == ",");
        return tokens.Next.Kind == TokenKind.End ? values : throw tokens.Expected("',' or the end");
    }
}
