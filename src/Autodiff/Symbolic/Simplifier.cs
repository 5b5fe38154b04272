using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Symbolic;

/// <summary>Turns operations as they were recorded into simplest form, by the laws that their notation stands for.</summary>
internal static class Simplifier
{
    /// <summary>The expression in simplest form, with numbers in the place of some names. Each of its nodes is looked at once.</summary>
    public static Node Simplify(Node root, IReadOnlyDictionary<string, Rational> numbers)
    {
        Algebra algebra = new();
        Dictionary<Node, Node> simple = [];
        foreach (Node node in Graph.Below(root))
        {
            simple[node] = node switch
            {
                Symbol symbol => numbers.TryGetValue(symbol.Name, out Rational value) ? algebra.NumberOf(value, symbol.Shape) : algebra.SymbolOf(symbol),
                Number number => algebra.NumberOf(number.Value, number.Shape),
                Sum sum => algebra.Add(sum.Shape, [.. sum.Terms.Select(term => (simple[term.Node], term.Coefficient)), (algebra.NumberOf(sum.Constant, Shape.Scalar), Rational.One)]),
                Product product => algebra.Multiply(product.Shape, [.. product.Factors.Select(factor => (simple[factor.Node], factor.Exponent)), (algebra.NumberOf(product.Coefficient, Shape.Scalar), Rational.One)]),
                _ => Simplify(algebra, (Call)node, Array.ConvertAll(((Call)node).Arguments, operand => simple[operand])),
            };
        }

        return simple[root];
    }

    private static Node Simplify(Algebra algebra, Call call, Node[] x) => call.Rule.Notation switch
    {
        Notation.Plus => algebra.Add(call.Shape, (x[0], Rational.One), (x[1], Rational.One)),
        Notation.Minus => algebra.Add(call.Shape, (x[0], Rational.One), (x[1], Rational.MinusOne)),
        Notation.Opposite => algebra.Add(call.Shape, (x[0], Rational.MinusOne)),
        Notation.Times => algebra.Multiply(call.Shape, (x[0], Rational.One), (x[1], Rational.One)),
        Notation.Over => algebra.Multiply(call.Shape, (x[0], Rational.One), (x[1], Rational.MinusOne)),
        Notation.Square => algebra.Multiply(call.Shape, (x[0], 2)),
        Notation.Root => algebra.Multiply(call.Shape, (x[0], Rational.Half)),
        Notation.InverseRoot => algebra.Multiply(call.Shape, (x[0], -Rational.Half)),
        Notation.Power when x[1] is Number exponent && algebra.Power(x[0], exponent.Value, call.Shape) is { } power => power,
        Notation.Comparison when x is [Number a, Number b] => algebra.NumberOf(call.Rule.Forward([Scalar(a), Scalar(b)]).ToScalar() == 0 ? Rational.Zero : Rational.One, call.Shape),
        Notation.Choice when x[0] is Number mask => algebra.Repeat(x[mask.Value.Sign == 0 ? 2 : 1], call.Shape),
        Notation.Choice when x is [Call { Rule.Notation: Notation.Comparison }, Number yes, Number no] && yes.Value == Rational.One && no.Value == Rational.Zero => algebra.Repeat(x[0], call.Shape),
        Notation.Choice when x[1] == x[2] => algebra.Repeat(x[1], call.Shape),
        Notation.Same => algebra.Repeat(x[0], call.Shape),
        Notation.Reshaped when DiffersByOnes(call.Shape, x[0].Shape) && x[0].OwnShape.BroadcastsTo(call.Shape) => algebra.Repeat(x[0], call.Shape),
        Notation.Total => algebra.Total(call.Rule, x[0], call.Shape),
        _ => algebra.CallOf(call.Rule, x, call.Shape),
    };

    private static Tensor Scalar(Number number) => Tensor.Scalar(number.Value.ToDouble(), DType.F64);

    /// <summary>Whether shapes are the same but for axes of size 1 in front, which broadcasting adds by itself.</summary>
    private static bool DiffersByOnes(Shape a, Shape b) => a.SkipWhile(size => size == 1).SequenceEqual(b.SkipWhile(size => size == 1));
}
