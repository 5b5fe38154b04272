using System.Numerics;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Symbolic;

/// <summary>Computes an expression by the operations of <see cref="Op"/>.</summary>
internal static class Evaluator
{
    /// <summary>The value of a node; symbols that get none keep the one that they were recorded with.</summary>
    public static Variable Evaluate(Node root, DType dtype, IReadOnlyDictionary<string, Variable> values)
    {
        Dictionary<Node, Variable> known = [];
        foreach (Node node in Graph.Below(root)) known[node] = Op.BroadcastTo(Compute(node, known, dtype, values), node.Shape);
        return known[root];
    }

    private static Variable Compute(Node node, Dictionary<Node, Variable> known, DType dtype, IReadOnlyDictionary<string, Variable> values) => node switch
    {
        Symbol symbol => values.TryGetValue(symbol.Name, out Variable? value) ? Fitting(symbol, value) : symbol.Value,
        Number number => Tensor.Scalar(number.Value.ToDouble(), dtype),
        Call call => Op.Apply(call.Rule, Array.ConvertAll(call.Arguments, operand => known[operand])),
        Sum sum => Add(sum, known),
        _ => Multiply((Product)node, known),
    };

    private static Variable Fitting(Symbol symbol, Variable value) => value.Shape == symbol.Shape && value.DType == symbol.Value.DType
        ? value
        : throw new ArgumentException($"Expression: expected {symbol.Value.DType}{symbol.Shape} for '{symbol.Name}', got {value.DType}{value.Shape}.");

    private static Variable Add(Sum sum, Dictionary<Node, Variable> known)
    {
        Variable? total = null;
        foreach ((Node node, Rational coefficient) in sum.Terms.OrderBy(term => term.Coefficient.Sign < 0))
        {
            double times = coefficient.ToDouble();
            Variable term = Math.Abs(times) == 1 ? known[node] : known[node] * Math.Abs(times);
            total = total is null ? (times < 0 ? -term : term) : times < 0 ? total - term : total + term;
        }

        return sum.Constant.Sign == 0 ? total! : total! + sum.Constant.ToDouble();
    }

    private static Variable Multiply(Product product, Dictionary<Node, Variable> known)
    {
        Variable? above = null, below = null;
        foreach ((Node node, Rational exponent) in product.Factors)
        {
            Variable root = exponent.IsInteger ? known[node] : Op.Sqrt(known[node]);
            Variable power = Power(root, (int)BigInteger.Abs(exponent.Numerator));
            if (exponent.Sign > 0) above = above is null ? power : above * power;
            else below = below is null ? power : below * power;
        }

        double coefficient = product.Coefficient.ToDouble();
        if (above is null) return coefficient / below!;
        if (below is not null) above /= below;
        return coefficient == 1 ? above : coefficient == -1 ? -above : above * coefficient;
    }

    /// <summary>x to a whole power of 1 or more, by squaring.</summary>
    private static Variable Power(Variable x, int exponent)
    {
        if (exponent == 1) return x;
        Variable half = Power(x, exponent / 2);
        Variable square = Op.Square(half);
        return exponent % 2 == 0 ? square : square * x;
    }
}
