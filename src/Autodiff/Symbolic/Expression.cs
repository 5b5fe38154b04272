using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Symbolic;

/// <summary>
/// What a variable was computed by, as a formula: read back from the entries of its tape, so of a recorded reverse pass too, printed, simplified, and evaluated elsewhere.
/// <code>Expression.Of(tape.Gradient(c, a, record: true), (a, "a"), (b, "b")).Simplify()</code>
/// is <c>b + exp(a)</c> for c = a·b + exp(a). What is used twice is held once: reading, simplifying, printing and evaluating cost as much as there are entries, not as much
/// as the formula would be long if it were written out.
/// </summary>
/// <remarks>
/// Operations on single numbers, and those that go element by element, follow the laws of arithmetic; any other stands as a call: <c>sum(x, axis 0)</c>, <c>matmul(a, b)</c>.
/// As in algebra, x/x is 1, 0·x is 0 and the square of a root is what it is the root of, also where the operations would give no number. An expression holds the constants
/// that it was read with, and is of use as long as these are.
/// </remarks>
public sealed class Expression
{
    private readonly Node root;
    private readonly DType dtype;

    private Expression(Node root, DType dtype) => (this.root, this.dtype) = (root, dtype);

    /// <summary>The names in the expression: those that were given, and x1, x2 for other watched variables, c1, c2 for other tensors of constants.</summary>
    public IReadOnlyList<string> Symbols => [.. Graph.Below(root).OfType<Symbol>().Select(symbol => symbol.Name)];

    /// <summary>Reads a variable back.</summary>
    /// <param name="y">A variable, recorded or not.</param>
    /// <param name="names">What variables are called: leaves, or any that y was computed from, which are then not looked into.</param>
    /// <exception cref="ArgumentException">A name is empty or given twice.</exception>
    public static Expression Of(Variable y, params IReadOnlyList<(Variable Variable, string Name)> names)
    {
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(names);
        HashSet<string> seen = [];
        foreach ((_, string name) in names)
        {
            if (string.IsNullOrEmpty(name) || !seen.Add(name)) throw new ArgumentException($"Expression: expected a name for each variable that no other has, got '{name}'{(seen.Contains(name) ? " twice" : "")}.", nameof(names));
        }

        return new Expression(new Reader(names).Read(y), y.DType);
    }

    /// <summary>
    /// The same by fewer operations: products and sums with 0 and 1 dissolved, constants folded exactly, like terms and like factors collected, x·x as x². Common
    /// sub-expressions stay common.
    /// </summary>
    /// <param name="numbers">Finite numbers to put in the place of names, throughout their shape. A name that the expression does not have changes nothing.</param>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public Expression Simplify(params IReadOnlyList<(string Name, double Value)> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        Dictionary<string, Rational> exact = [];
        foreach ((string name, double value) in numbers)
        {
            if (!double.IsFinite(value)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Expression: expected a finite number for '{name}', got {value}."), nameof(numbers));
            exact[name] = Rational.Of(value, dtype == DType.F32);
        }

        return new Expression(Simplifier.Simplify(root, exact), dtype);
    }

    /// <summary>The expression's value, by operations: on a tape where the values are, so that they are recorded.</summary>
    /// <param name="values">Values by name, in the shapes and types that were recorded. Names that are missing keep what they were recorded with; others are passed over, since simplifying may leave a name out.</param>
    /// <exception cref="ArgumentException">A value has another shape or type.</exception>
    public Variable Evaluate(IReadOnlyDictionary<string, Variable> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Evaluator.Evaluate(root, dtype, values);
    }

    /// <summary>The expression as lines: <c>t1 = ...</c> for parts that are used twice or long, where the whole is long, and the expression last.</summary>
    public IReadOnlyList<string> ToLines() => Printer.Print(root);

    /// <summary>The lines of <see cref="ToLines"/>.</summary>
    public override string ToString() => string.Join('\n', ToLines());
}
