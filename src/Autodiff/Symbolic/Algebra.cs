using System.Numerics;
using System.Text;
using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Symbolic;

/// <summary>
/// Makes nodes in simplest form, each once: like terms and like factors are collected, numbers folded, sums in sums and products in products dissolved. What would grow
/// without bound is left as a whole, so that each operation costs the same however large its operands are.
/// </summary>
internal sealed class Algebra
{
    private const int MostParts = 8;
    private const int LargestExponent = 64;

    private readonly Dictionary<string, Node> known = [];
    private readonly Dictionary<Rule, int> rules = new(ReferenceEqualityComparer.Instance);

    public Node SymbolOf(Symbol symbol) => Once($"symbol {symbol.Id}", id => new Symbol(id, symbol.Name, symbol.Shape, symbol.Value));

    public Node NumberOf(Rational value, Shape shape) => Once($"number {value.Numerator}/{value.Denominator} {shape}", id => new Number(id, value, shape));

    public Node CallOf(Rule rule, Node[] operands, Shape shape)
    {
        if (!rules.TryGetValue(rule, out int number)) rules[rule] = number = rules.Count;
        return Once($"call {number} {string.Join(' ', operands.Select(operand => operand.Id))} {shape}", id => new Call(id, rule, operands, shape));
    }

    /// <summary>Σ times·node.</summary>
    public Node Add(Shape shape, params (Node Node, Rational Times)[] parts)
    {
        Parts terms = new(Rational.Zero);
        foreach ((Node node, Rational times) in parts) AddTo(terms, node, times);
        if (!terms.IsSmall)
        {
            terms = new(Rational.Zero);
            foreach ((Node node, Rational times) in parts) terms.Include(node, times);
        }

        return SumOf(terms.Number, terms.All, shape);
    }

    /// <summary>Π node^exponent.</summary>
    public Node Multiply(Shape shape, params (Node Node, Rational Exponent)[] parts)
    {
        Parts factors = new(Rational.One);
        foreach ((Node node, Rational exponent) in parts) MultiplyInto(factors, node, exponent);
        if (!factors.IsSmall || factors.All.Any(factor => BigInteger.Abs(factor.Share.Numerator) > LargestExponent))
        {
            factors = new(Rational.One);
            foreach ((Node node, Rational exponent) in parts) factors.Include(node, exponent);
        }
        else if (factors.All.Any(factor => factor.Share.IsInteger && factor.Node is Product or Number { Value.Sign: not 0 }))
        {
            // The root of a product, times itself: it can be dissolved now.
            Node dissolved = Multiply(shape, factors.All);
            return Scale(dissolved, factors.Number, shape);
        }

        return ProductOf(factors.Number, factors.All, shape);
    }

    /// <summary>node^exponent; null where the exponent is neither whole nor half, or large.</summary>
    public Node? Power(Node node, Rational exponent, Shape shape) =>
        exponent == Rational.Zero ? NumberOf(Rational.One, shape)
        : (exponent.IsInteger || exponent.Denominator == 2) && BigInteger.Abs(exponent.Numerator) <= LargestExponent ? Multiply(shape, (node, exponent))
        : null;

    /// <summary>The node repeated to a shape.</summary>
    public Node Repeat(Node node, Shape shape) => node.Shape == shape ? node : Scale(node, Rational.One, shape);

    /// <summary>The sum of a tensor's elements, to a shape: numbers come out of it.</summary>
    public Node Total(Rule rule, Node node, Shape shape)
    {
        if (node.Shape == shape) return node;
        if (node is Number number && shape.ElementCount > 0) return NumberOf(number.Value * (node.Shape.ElementCount / shape.ElementCount), shape);
        return node is Product product && product.Coefficient != Rational.One
            ? Scale(CallOf(rule, [ProductOf(Rational.One, product.Factors, node.Shape)], shape), product.Coefficient, shape)
            : CallOf(rule, [node], shape);
    }

    /// <summary>by·node, without a look inside a sum but for its sign.</summary>
    private Node Scale(Node node, Rational by, Shape shape) => node switch
    {
        Number number when (by * number.Value).IsShort => NumberOf(by * number.Value, shape),
        Product product when (by * product.Coefficient).IsShort => ProductOf(by * product.Coefficient, product.Factors, shape),
        Sum sum when by == Rational.One || by == Rational.MinusOne => SumOf(by * sum.Constant, [.. sum.Terms.Select(term => (term.Node, by * term.Coefficient))], shape),
        _ => ProductOf(by, [(node, Rational.One)], shape),
    };

    private void AddTo(Parts terms, Node node, Rational times)
    {
        switch (node)
        {
            case Number number:
                terms.Number += times * number.Value;
                break;
            case Sum sum:
                terms.Number += times * sum.Constant;
                foreach ((Node term, Rational coefficient) in sum.Terms) terms.Include(term, times * coefficient);
                break;
            case Product { Factors: [(Sum sum, { IsInteger: true } exponent)] } scaled when exponent == Rational.One:
                AddTo(terms, sum, times * scaled.Coefficient);
                break;
            case Product product:
                terms.Include(ProductOf(Rational.One, product.Factors, product.OwnShape), times * product.Coefficient);
                break;
            default:
                terms.Include(node, times);
                break;
        }
    }

    private static void MultiplyInto(Parts factors, Node node, Rational exponent)
    {
        switch (node)
        {
            case Number { Value.Sign: not 0 } number when exponent.IsInteger:
                factors.Number *= number.Value.Power((int)exponent.Numerator);
                break;
            case Number { Value.Sign: 0 } when exponent.Sign > 0:
                factors.Number = Rational.Zero;
                break;
            case Number number when number.Value.Root() is { } root && exponent.Denominator == 2:
                factors.Number *= root.Power((int)exponent.Numerator);
                break;
            case Product product when exponent.IsInteger:
                factors.Number *= product.Coefficient.Power((int)exponent.Numerator);
                foreach ((Node factor, Rational inner) in product.Factors) factors.Include(factor, inner * exponent);
                break;
            case Product { Factors: [(Node only, { IsInteger: true } inner)] } repeated when inner == Rational.One && repeated.Coefficient == Rational.One:
                factors.Include(only, exponent);
                break;
            default:
                factors.Include(node, exponent);
                break;
        }
    }

    private Node SumOf(Rational constant, (Node Node, Rational Coefficient)[] terms, Shape shape)
    {
        if (terms.Length == 0) return NumberOf(constant, shape);
        if (terms.Length == 1 && constant == Rational.Zero) return Scale(terms[0].Node, terms[0].Coefficient, shape);
        terms = [.. terms.OrderByDescending(term => Degree(term.Node)).ThenBy(term => term.Node.Id)];
        return Once(Key("sum", constant, terms, shape), id => new Sum(id, constant, terms, shape));
    }

    private Node ProductOf(Rational coefficient, (Node Node, Rational Exponent)[] factors, Shape shape)
    {
        if (factors.Length == 0 || coefficient == Rational.Zero) return NumberOf(coefficient, shape);
        if (factors is [(Node only, Rational exponent)] && exponent == Rational.One)
        {
            if (coefficient == Rational.One && only.Shape == shape) return only;
            if (coefficient == Rational.MinusOne && only is Sum) return Scale(only, coefficient, shape);
        }

        factors = [.. factors.OrderBy(factor => factor.Node is Symbol ? 0 : factor.Node is Sum ? 2 : 1).ThenBy(factor => factor.Node.Id)];
        return Once(Key("product", coefficient, factors, shape), id => new Product(id, coefficient, factors, shape));
    }

    /// <summary>A power product of symbols has its degree and stands in a sum before everything else, which has degree 0.</summary>
    private static double Degree(Node node) => node switch
    {
        Symbol => 1,
        Product product when product.Factors.All(factor => factor.Node is Symbol && factor.Exponent.Sign > 0) => product.Factors.Sum(factor => factor.Exponent.ToDouble()),
        _ => 0,
    };

    private static string Key(string kind, Rational number, (Node Node, Rational Share)[] parts, Shape shape)
    {
        StringBuilder key = new($"{kind} {number.Numerator}/{number.Denominator}");
        foreach ((Node node, Rational share) in parts) key.Append(' ').Append(node.Id).Append(':').Append(share.Numerator).Append('/').Append(share.Denominator);
        return key.Append(' ').Append(shape).ToString();
    }

    private Node Once(string key, Func<int, Node> make)
    {
        if (!known.TryGetValue(key, out Node? node)) known[key] = node = make(known.Count);
        return node;
    }

    /// <summary>A sum or product in the making: a number, and nodes with what each is multiplied by or raised to.</summary>
    private sealed class Parts(Rational number)
    {
        private readonly Dictionary<Node, Rational> shares = [];

        public Rational Number { get; set; } = number;

        public (Node Node, Rational Share)[] All => [.. shares.Select(pair => (pair.Key, pair.Value))];

        public bool IsSmall => shares.Count <= MostParts && Number.IsShort && shares.Values.All(share => share.IsShort);

        public void Include(Node node, Rational share)
        {
            Rational total = shares.TryGetValue(node, out Rational before) ? before + share : share;
            if (total == Rational.Zero) shares.Remove(node);
            else shares[node] = total;
        }
    }
}
