using Tapestry.Autodiff;
using Tapestry.Samples.Mlp.Expressions;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Differentiate;

/// <summary>An expression from the command line as something to differentiate.</summary>
internal static class ExpressionProblem
{
    private const int MostElements = 64;

    /// <summary>Reads the options.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="at">The values of its names.</param>
    /// <param name="wrt">The names to differentiate by, with commas between; all where null.</param>
    /// <param name="byHand">The user's own derivatives, each <c>NAME=EXPRESSION</c>.</param>
    /// <exception cref="UsageException">An option cannot be read, or they do not fit each other.</exception>
    public static Problem Read(string expression, string? at, string? wrt, IReadOnlyList<string> byHand)
    {
        ExpressionInput input = ExpressionInput.Read(expression, at);
        if (input.At.Count == 0) throw new UsageException("--expression: expected a name in it to differentiate by, got numbers alone.");
        string[] names = [.. input.At.Select(value => value.Name)];
        int[] asked = wrt is null ? [.. Enumerable.Range(0, names.Length)] : [.. wrt.Split(',').Select(name => Position("--wrt", name.Trim(), names))];
        if (asked.Distinct().Count() < asked.Length) throw new UsageException($"--wrt: expected each name once, got {Shown(wrt!)}.");
        Problem problem = new(
            input.Expression.Text,
            input.At,
            asked,
            inputs => input.Expression.Evaluate(names.Zip(inputs).ToDictionary(pair => pair.First, pair => pair.Second)),
            ByHand: null);
        Refuse(problem);
        return problem with { ByHand = byHand.Count > 0 ? Users(byHand, problem) : Textbook.Of(problem) };
    }

    /// <summary>Refuses what gives more or less than one finite number, or too many derivatives to run every method on.</summary>
    private static void Refuse(Problem problem)
    {
        if (problem.Elements.Count > MostElements) throw new UsageException($"--at: expected at most {MostElements} numbers to differentiate by, got {problem.Elements.Count}. Name fewer with --wrt.");
        using Tape tape = new();
        Variable result = problem.Record(tape).Result;
        if (result.Shape.ElementCount != 1) throw new UsageException($"--expression: expected a single number as its result, got shape {result.Shape}. Take its sum: sum({problem.Name}).");
        if (!double.IsFinite(result.Value.ToDoubles()[0])) throw new UsageException($"--at: expected a point where the expression is a finite number, got {result.Value.ToDoubles()[0]}.");
    }

    private static ByHand Users(IReadOnlyList<string> given, Problem problem)
    {
        const string Option = "--by-hand";
        string[] names = [.. problem.Asked.Select(i => problem.Inputs[i].Name)];
        string?[] formulas = new string?[names.Length];
        foreach (string text in given)
        {
            string[] sides = text.Split('=', 2);
            if (sides.Length < 2) throw new UsageException($"{Option}: expected NAME=EXPRESSION, such as '{names[0]}=2*{names[0]}', got {Shown(text)}.");
            ref string? formula = ref formulas[Position(Option, sides[0].Trim(), names)];
            if (formula is not null) throw new UsageException($"{Option}: expected one derivative by {sides[0].Trim()}, got two.");
            formula = sides[1].Trim();
        }

        if (Array.IndexOf(formulas, null) is >= 0 and int missing) throw new UsageException($"{Option}: expected a derivative by each of {string.Join(", ", names)}, got none by {names[missing]}. Name what to differentiate by with --wrt.");
        foreach (NameStep used in formulas.SelectMany(formula => ExpressionParser.Parse(Option, formula!).Names)) Position(Option, used.Name, [.. problem.Inputs.Select(input => input.Name)]);
        ByHand byHand = Textbook.FromText(formulas!, problem);
        Variable[] derivatives = byHand.Derivatives([.. problem.Values]);
        for (int i = 0; i < derivatives.Length; i++)
        {
            Shape expected = problem.Values[problem.Asked[i]].Shape;
            if (!derivatives[i].Shape.BroadcastsTo(expected)) throw new UsageException($"{Option}: expected a derivative by {names[i]} of its shape {expected}, got {derivatives[i].Shape}.");
        }

        return byHand;
    }

    private static int Position(string option, string name, string[] names) => Array.IndexOf(names, name) is >= 0 and int position
        ? position
        : throw new UsageException($"{option}: expected names among {string.Join(", ", names)}, got {Shown(name)}.{Suggestion.For(name, names)}");

    private static string Shown(string text) => new Token(TokenKind.Name, text, 1).Shown;
}
