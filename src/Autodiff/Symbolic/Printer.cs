using System.Globalization;
using System.Numerics;
using System.Text;
using Tapestry.Autodiff.Rules;

namespace Tapestry.Autodiff.Symbolic;

/// <summary>
/// Writes an expression as one does by hand, with no more brackets than it needs. Where it is long, what is used more than once and what would make a line too long get
/// names of their own, t1, t2, and lines before it.
/// </summary>
internal sealed class Printer
{
    private const int LongestLine = 72;
    private const int LongestName = 6;

    private readonly Node root;
    private readonly Node[] nodes;
    private readonly Dictionary<Node, Text> texts = [];
    private readonly List<string> definitions = [];
    private readonly HashSet<string> taken;
    private int named;

    private Printer(Node root)
    {
        this.root = root;
        nodes = Graph.Below(root);
        taken = [.. nodes.OfType<Symbol>().Select(symbol => symbol.Name)];
    }

    /// <summary>How tightly a text holds together: a looser one needs brackets inside a tighter one.</summary>
    private enum Tightness
    {
        Sum,
        Product,
        Power,
        Atom,
    }

    /// <summary>Lines: <c>t1 = ...</c> for each name that was needed, then the expression.</summary>
    public static IReadOnlyList<string> Print(Node root) => new Printer(root) is var printer && printer.PrintWhole() is { } whole ? [whole] : printer.PrintNamed();

    /// <summary>Everything in one line; null where that would be long.</summary>
    private string? PrintWhole()
    {
        foreach (Node node in nodes)
        {
            texts[node] = Write(node);
            if (texts[node].Value.Length > LongestLine) return null;
        }

        return texts[root].Value;
    }

    private List<string> PrintNamed()
    {
        texts.Clear();
        Dictionary<Node, int> uses = nodes.SelectMany(node => node.Operands).GroupBy(node => node).ToDictionary(group => group.Key, group => group.Count());
        foreach (Node node in nodes)
        {
            texts[node] = Write(node);
            while (texts[node].Value.Length > LongestLine && Longest(node) is { } operand)
            {
                Name(operand);
                texts[node] = Write(node);
            }

            if (node != root && node is not (Symbol or Number) && uses[node] > 1) Name(node);
        }

        return [.. definitions, texts[root].Value];
    }

    /// <summary>The operand that takes most room in a line, where a name would take less.</summary>
    private Node? Longest(Node node) => node.Operands.Where(operand => operand is not (Symbol or Number) && texts[operand].Value.Length > LongestName).MaxBy(operand => texts[operand].Value.Length);

    /// <summary>Gives a part a line of its own, and a name that stands for it from here on.</summary>
    private void Name(Node node)
    {
        string name;
        do name = string.Create(CultureInfo.InvariantCulture, $"t{++named}");
        while (taken.Contains(name));
        definitions.Add($"{name} = {texts[node].Value}");
        texts[node] = new Text(name, Tightness.Atom);
    }

    private Text Write(Node node) => node switch
    {
        Symbol symbol => new(symbol.Name, Tightness.Atom),
        Number number => Product(number.Value, []),
        Sum sum => Sum(sum),
        Product product => Product(product.Coefficient, product.Factors),
        _ => Call((Call)node),
    };

    /// <summary>What is added first, then what is taken away; the number behind the rest of its sign.</summary>
    private Text Sum(Sum sum)
    {
        List<(bool IsMinus, string Text)> parts =
        [
            .. sum.Terms.Select(term => (term.Coefficient.Sign < 0, Wrap(Term(term.Node, term.Coefficient.Sign < 0 ? -term.Coefficient : term.Coefficient), Tightness.Product))),
        ];
        if (sum.Constant.Sign != 0) parts.Add((sum.Constant.Sign < 0, (sum.Constant.Sign < 0 ? -sum.Constant : sum.Constant).ToString()));
        StringBuilder text = new();
        foreach ((bool isMinus, string part) in parts.OrderBy(part => part.IsMinus))
        {
            text.Append((isMinus, text.Length) switch { (false, 0) => "", (true, 0) => "-", (false, _) => " + ", (true, _) => " - " }).Append(part);
        }

        return new(text.ToString(), Tightness.Sum);
    }

    private Text Term(Node node, Rational coefficient) => node is Product product && texts[product].Tightness != Tightness.Atom
        ? Product(coefficient * product.Coefficient, product.Factors)
        : Product(coefficient, [(node, Rational.One)]);

    private Text Product(Rational coefficient, (Node Node, Rational Exponent)[] factors)
    {
        BigInteger above = BigInteger.Abs(coefficient.Numerator);
        bool isFraction = coefficient.IsFraction && factors.Length > 0;
        List<string> numerator = [], denominator = [];
        Text? only = null;
        if (!isFraction && (above != 1 || !coefficient.IsInteger || !factors.Any(factor => factor.Exponent.Sign > 0))) numerator.Add((coefficient.Sign < 0 ? -coefficient : coefficient).ToString());
        if (isFraction && (!above.IsOne || !factors.Any(factor => factor.Exponent.Sign > 0))) numerator.Add(above.ToString(CultureInfo.InvariantCulture));
        if (isFraction) denominator.Add(coefficient.Denominator.ToString(CultureInfo.InvariantCulture));
        foreach ((Node node, Rational exponent) in factors)
        {
            Text power = Power(texts[node], exponent.Sign < 0 ? -exponent : exponent);
            if (exponent.Sign > 0) only = power;
            (exponent.Sign > 0 ? numerator : denominator).Add(Wrap(power, Tightness.Power));
        }

        string sign = coefficient.Sign < 0 ? "-" : "";
        if (denominator.Count == 0 && numerator.Count == 1 && only is not null && sign.Length == 0) return only;
        string under = string.Join('*', denominator);
        string text = sign + string.Join('*', numerator) + (denominator.Count switch { 0 => "", 1 => "/" + under, _ => $"/({under})" });
        bool isAtom = denominator.Count == 0 && numerator.Count == 1 && only is null && !text.Contains('/', StringComparison.Ordinal);
        return new(text, sign.Length > 0 ? Tightness.Sum : isAtom ? Tightness.Atom : Tightness.Product);
    }

    /// <summary>x, x^2, sqrt(x), sqrt(x)^3.</summary>
    private static Text Power(Text x, Rational exponent)
    {
        if (exponent == Rational.One) return x;
        string text = exponent.IsInteger ? Wrap(x, Tightness.Atom) : $"sqrt({x.Value})";
        return exponent.Numerator.IsOne ? new(text, Tightness.Atom) : new($"{text}^{exponent.Numerator}", Tightness.Power);
    }

    private Text Call(Call call)
    {
        Text[] x = Array.ConvertAll(call.Arguments, operand => texts[operand]);
        return call.Rule.Notation switch
        {
            Notation.Plus => new($"{Wrap(x[0], Tightness.Sum)} + {Wrap(x[1], Tightness.Product)}", Tightness.Sum),
            Notation.Minus => new($"{Wrap(x[0], Tightness.Sum)} - {Wrap(x[1], Tightness.Product)}", Tightness.Sum),
            Notation.Opposite => new($"-{Wrap(x[0], Tightness.Product)}", Tightness.Sum),
            Notation.Times => new($"{Wrap(x[0], Tightness.Product)}*{Wrap(x[1], Tightness.Power)}", Tightness.Product),
            Notation.Over => new($"{Wrap(x[0], Tightness.Product)}/{Wrap(x[1], Tightness.Power)}", Tightness.Product),
            Notation.Square => Power(x[0], 2),
            Notation.Root => Power(x[0], Rational.Half),
            Notation.Power => new($"{Wrap(x[0], Tightness.Atom)}^{Wrap(x[1], Tightness.Atom)}", Tightness.Power),
            Notation.Same when call.Shape == call.Arguments[0].Shape => x[0],
            _ => new($"{Name(call.Rule)}({string.Join(", ", [.. call.Arguments.Select(Argument), .. call.Rule.Options is { Length: > 0 } options ? (string[])[options] : []])})", Tightness.Atom),
        };
    }

    /// <summary>Inside a call, unlike in a formula of elements, one must see what is repeated.</summary>
    private string Argument(Node node) => node.Shape == node.OwnShape ? texts[node].Value : $"broadcast_to({texts[node].Value}, {node.Shape})";

    /// <summary>BroadcastTo is broadcast_to.</summary>
    private static string Name(Rule rule)
    {
        StringBuilder name = new();
        foreach (char letter in rule.Name == nameof(Op.MatMul) ? "matmul" : rule.Name)
        {
            if (char.IsUpper(letter) && name.Length > 0) name.Append('_');
            name.Append(char.ToLowerInvariant(letter));
        }

        return name.ToString();
    }

    private static string Wrap(Text text, Tightness least) => text.Tightness >= least ? text.Value : $"({text.Value})";

    private sealed record Text(string Value, Tightness Tightness);
}
