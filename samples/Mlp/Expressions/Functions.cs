using System.Globalization;
using System.Reflection;
using Tapestry.Autodiff;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Expressions;

/// <summary>
/// What expressions can call: every operation of the catalogue whose entry point takes variables, and options that can be written as numbers: <c>tanh(x)</c>,
/// <c>matmul(A, B)</c>, <c>clip(x, 0, 1)</c>, <c>sum(x, 0)</c>, <c>reshape(x, [2, 3])</c>. Other options keep their defaults.
/// </summary>
internal static class Functions
{
    private static readonly Dictionary<string, MethodInfo[]> ByName = Catalogue.Operations
        .DistinctBy(row => row.Name)
        .Select(row => (row.Name, Overloads: Overloads(row.Name)))
        .Where(pair => pair.Overloads.Length > 0)
        .ToDictionary(pair => LooseName.Of(pair.Name), pair => pair.Overloads);

    /// <summary>The names, as the catalogue writes them, in lower case.</summary>
    public static IEnumerable<string> Names => ByName.Values.Select(overloads => overloads[0].Name.ToLowerInvariant());

    /// <summary>Whether an operation of that name can be called.</summary>
    public static bool Has(string name) => ByName.ContainsKey(LooseName.Of(name));

    /// <summary>The operation that a sign between operands, or before one, stands for.</summary>
    public static CallStep Operator(string sign, int operands, int position) => new(sign, operands, (sign, operands) switch
    {
        ("+", _) => x => x[0] + x[1],
        ("-", 1) => x => -x[0],
        ("-", _) => x => x[0] - x[1],
        ("*", _) => x => x[0] * x[1],
        ("/", _) => x => x[0] / x[1],
        _ => x => Power(x[0], x[1]),
    }, position);

    /// <summary>The steps of a call: those of its operands, then the operation with its options.</summary>
    /// <exception cref="UsageException">No operation has that name, or takes such arguments.</exception>
    public static List<Step> Call(string option, Token name, IReadOnlyList<List<Step>> arguments)
    {
        UsageException Refuse(string expected, string hint) =>
            new(string.Create(CultureInfo.InvariantCulture, $"{option}: expected {expected} at character {name.Position}, got {name.Shown}{(hint.Length > 0 ? $".{hint}" : $" with {Count(arguments.Count)}.")}"));

        if (!ByName.TryGetValue(LooseName.Of(name.Text), out MethodInfo[]? overloads))
        {
            string near = Suggestion.For(name.Text, Names);
            throw Refuse("an operation before '('", near.Length > 0 ? near : " 'mlp gradcheck' names those that there are.");
        }

        foreach (MethodInfo method in overloads)
        {
            ParameterInfo[] parameters = method.GetParameters();
            object?[] values = [.. parameters.Select((parameter, i) => i < arguments.Count ? Option(parameter.ParameterType, arguments[i]) : parameter.HasDefaultValue ? parameter.DefaultValue : null)];
            bool fits = arguments.Count <= parameters.Length && parameters.Select((parameter, i) => i < arguments.Count
                ? parameter.ParameterType == typeof(Variable) || values[i] is not null
                : parameter.HasDefaultValue).All(fit => fit);
            if (!fits) continue;

            int[] operands = [.. Enumerable.Range(0, arguments.Count).Where(i => parameters[i].ParameterType == typeof(Variable))];
            return
            [
                .. operands.SelectMany(i => arguments[i]),
                new CallStep(name.Text, operands.Length, x =>
                {
                    object?[] all = [.. values];
                    for (int i = 0; i < operands.Length; i++) all[operands[i]] = x[i];
                    return (Variable)method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, all, CultureInfo.InvariantCulture)!;
                }, name.Position),
            ];
        }

        throw Refuse(string.Join(" or ", overloads.Select(Signature)), "");
    }

    /// <summary>aᵇ. A square has an operation of its own, whose derivative is simpler.</summary>
    private static Variable Power(Variable a, Variable b) => b.Tape is null && b.Shape.Rank == 0 && b.Value.ToScalar() == 2 ? Op.Square(a) : Op.Power(a, b);

    /// <summary>What an option of some type is told by a constant; null where it cannot be.</summary>
    private static object? Option(Type type, List<Step> argument)
    {
        if (argument is not [ConstantStep { Value: { Rank: <= 1 } value }]) return null;
        if (type == typeof(double)) return value.Rank == 0 ? value.ToScalar() : null;
        double[] numbers = value.ToDoubles();
        if (!Array.TrueForAll(numbers, number => number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue)) return null;
        int[] whole = Array.ConvertAll(numbers, number => (int)number);
        return type == typeof(int) && value.Rank == 0 ? whole[0]
            : type == typeof(Axes) ? Axes.Of(whole)
            : type == typeof(Shape) && whole.All(size => size >= 0) ? Shape.Of(whole)
            : null;
    }

    private static MethodInfo[] Overloads(string name) =>
    [
        .. typeof(Op).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(method => method.Name == name && method.ReturnType == typeof(Variable) && method.GetParameters().All(parameter => parameter.HasDefaultValue || CanBeWritten(parameter))),
    ];

    private static bool CanBeWritten(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(Variable) || parameter.ParameterType == typeof(double) || parameter.ParameterType == typeof(int) || parameter.ParameterType == typeof(Axes) || parameter.ParameterType == typeof(Shape);

    /// <summary><c>clip(x, low, high)</c>, and what may be left out in square brackets.</summary>
    private static string Signature(MethodInfo method)
    {
        ParameterInfo[] parameters = [.. method.GetParameters().TakeWhile(CanBeWritten)];
        string required = string.Join(", ", parameters.Where(parameter => !parameter.HasDefaultValue).Select(Described));
        return $"{method.Name.ToLowerInvariant()}({required}{string.Concat(parameters.Where(parameter => parameter.HasDefaultValue).Select(parameter => $"[, {Described(parameter)}]"))})";
    }

    private static string Described(ParameterInfo parameter) => parameter.ParameterType == typeof(Variable) ? parameter.Name!
        : parameter.ParameterType == typeof(double) ? $"{parameter.Name}: a number"
        : parameter.ParameterType == typeof(int) ? $"{parameter.Name}: a whole number"
        : $"{parameter.Name}: whole numbers";

    private static string Count(int arguments) => arguments == 1 ? "1 argument" : string.Create(CultureInfo.InvariantCulture, $"{arguments} arguments");
}
