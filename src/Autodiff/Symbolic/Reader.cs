using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Symbolic;

/// <summary>Reads what a tape recorded back as nodes, entry by entry.</summary>
internal sealed class Reader
{
    private readonly Dictionary<Variable, Node> known = [];
    private readonly HashSet<string> names;
    private int next;
    private int variables;
    private int constants;

    public Reader(IEnumerable<(Variable Variable, string Name)> named)
    {
        foreach ((Variable variable, string name) in named) known.TryAdd(variable, new Symbol(next++, name, variable.Shape, variable.Value));
        names = [.. known.Values.Cast<Symbol>().Select(symbol => symbol.Name)];
    }

    /// <summary>The variable as an expression of the named ones, of the other leaves, and of constants.</summary>
    public Node Read(Variable y)
    {
        foreach (Entry entry in Reachable(y))
        {
            Node[] operands = [.. entry.Operands.Select(Leaf)];
            known[entry.Output] = new Call(next++, entry.Rule, operands, entry.Output.Shape);
        }

        return Leaf(y);
    }

    /// <summary>The entries that y was computed by, oldest first, as far as the variables that have a name already.</summary>
    private Entry[] Reachable(Variable y)
    {
        HashSet<Entry> found = [];
        Stack<Variable> open = new([y]);
        while (open.TryPop(out Variable? variable))
        {
            if (variable.Entry is not { } entry || known.ContainsKey(variable) || !found.Add(entry)) continue;
            foreach (Variable operand in entry.Operands) open.Push(operand);
        }

        return [.. found.OrderBy(entry => entry.Index)];
    }

    /// <summary>The node of a variable, or a new one for a leaf: a number, where one says it all, else a name.</summary>
    private Node Leaf(Variable variable)
    {
        if (known.TryGetValue(variable, out Node? node)) return node;
        Tensor value = variable.Value;
        return known[variable] = !variable.IsTracked && Uniform(value) is { } number
            ? new Number(next++, Rational.Of(number, value.DType == DType.F32), value.Shape)
            : new Symbol(next++, FreeName(variable.IsTracked), value.Shape, value);
    }

    /// <summary>The finite number that all elements are; null where they differ, or are of a type that formulas do not calculate in.</summary>
    private static double? Uniform(Tensor value)
    {
        if (!value.DType.IsFloat() || value.Length == 0) return null;
        double[] elements = value.ToDoubles();
        return double.IsFinite(elements[0]) && Array.TrueForAll(elements, element => element == elements[0]) ? elements[0] : null;
    }

    private string FreeName(bool isVariable)
    {
        string name;
        do
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{(isVariable ? 'x' : 'c')}{(isVariable ? ++variables : ++constants)}");
        }
        while (!names.Add(name));
        return name;
    }
}
