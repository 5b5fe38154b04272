using Tapestry.Autodiff.Rules;
using Tapestry.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Tapestry.Autodiff;

/// <summary>
/// Which elements of its operands an element of a result is made of. For what is computed element by element that is known. Other rules are asked by their derivatives at
/// operands of ones, where nothing that is connected has derivative 0: so a sum answers with what it adds up, and a matrix product with a row and a column.
/// </summary>
internal static class AnomalySources
{
    /// <summary>Whether a tensor has no NaN and no infinity. Integers have none.</summary>
    public static bool IsFinite(Tensor x) => x.DType switch
    {
        DType.F32 => TensorPrimitives.IsFiniteAll<float>(x.AsSpan<float>()),
        DType.F64 => TensorPrimitives.IsFiniteAll<double>(x.AsSpan<double>()),
        _ => true,
    };

    /// <summary>What each operand puts into one element of a result; null where it puts in nothing.</summary>
    public static AnomalyOperand?[] Of(Rule rule, Tensor[] operands, Shape shape, int position)
    {
        double[]?[]? reached = rule.IsElementwise ? null : Reached(rule, operands, position);
        AnomalyOperand?[] sources = new AnomalyOperand?[operands.Length];
        for (int k = 0; k < sources.Length; k++)
        {
            string name = Name(rule, k);
            sources[k] = rule.IsElementwise ? At(name, operands[k], shape, position)
                : reached is null ? Whole(name, operands[k])
                : reached[k] is { } nonzero ? Among(name, operands[k], [.. Enumerable.Range(0, nonzero.Length).Where(i => nonzero[i] != 0)])
                : null;
        }

        return sources;
    }

    /// <summary>Which elements of a result depend on an element that is NaN or infinite. All of them where a rule does not tell.</summary>
    public static bool[] Carrying(Rule rule, Tensor[] operands, Shape shape)
    {
        bool[] carrying = new bool[shape.ElementCount];
        if (!rule.IsElementwise)
        {
            double[]? moved = Moved(rule, operands);
            for (int i = 0; i < carrying.Length; i++) carrying[i] = moved is null || moved[i] != 0;
            return carrying;
        }

        foreach (Tensor operand in operands)
        {
            if (IsFinite(operand)) continue;
            double[] values = operand.ToDoubles();
            for (int i = 0; i < carrying.Length; i++) carrying[i] |= !double.IsFinite(values[Under(i, shape, operand.Shape)]);
        }

        return carrying;
    }

    /// <summary>The element of an operand that is broadcast to a position of the result.</summary>
    public static AnomalyOperand At(string name, Tensor operand, Shape shape, int position)
    {
        int under = Under(position, shape, operand.Shape);
        return new AnomalyOperand(name, 1, IndexOf(under, operand.Shape), operand.ToDoubles()[under]);
    }

    /// <summary>An operand of which every element may have gone in; null where it has none.</summary>
    public static AnomalyOperand? Whole(string name, Tensor operand) => Among(name, operand, [.. Enumerable.Range(0, operand.Length)]);

    /// <summary>What formulas call an operand.</summary>
    public static string Name(Rule rule, int operand) => rule switch
    {
        UnaryRule => "x",
        BinaryRule => operand == 0 ? "a" : "b",
        _ => $"x{operand}",
    };

    /// <summary>A row-major position as an index.</summary>
    public static int[] IndexOf(int position, Shape shape)
    {
        int[] index = new int[shape.Rank];
        for (int axis = shape.Rank - 1; axis >= 0; axis--) (position, index[axis]) = Math.DivRem(position, shape[axis]);
        return index;
    }

    private static int Under(int position, Shape shape, Shape operand)
    {
        if (shape == operand) return position;
        int[] index = IndexOf(position, shape);
        int under = 0;
        for (int axis = 0; axis < operand.Rank; axis++) under = (under * operand[axis]) + (operand[axis] == 1 ? 0 : index[axis + shape.Rank - operand.Rank]);
        return under;
    }

    private static AnomalyOperand? Among(string name, Tensor operand, int[] positions)
    {
        if (positions.Length == 0) return null;
        double[] values = operand.ToDoubles();
        int found = positions.FirstOrDefault(position => !double.IsFinite(values[position]), -1);
        if (found < 0) found = positions.MaxBy(position => Math.Abs(values[position]));
        return new AnomalyOperand(name, positions.Length, IndexOf(found, operand.Shape), values[found]);
    }

    /// <summary>Not 0 where an operand's element goes into one element of the result; null where the rule does not tell.</summary>
    private static double[]?[]? Reached(Rule rule, Tensor[] operands, int position) => Probe<double[]?[]>(rule, operands, call =>
    {
        double[] chosen = new double[call.Output.Shape.ElementCount];
        chosen[position] = 1;
        Variable?[] contributions = new Variable?[operands.Length];
        rule.Vjp(call, Tensor.From(chosen, call.Output.Shape).Cast(call.Output.DType), [.. contributions.Select(_ => true)], contributions);
        return Array.ConvertAll(contributions, contribution => contribution?.Value.ToDoubles());
    });

    /// <summary>Not 0 where an element of the result depends on one that is NaN or infinite; null where the rule does not tell.</summary>
    private static double[]? Moved(Rule rule, Tensor[] operands) => Probe(rule, operands, call =>
    {
        Variable?[] tangents = Array.ConvertAll(operands, operand => IsFinite(operand)
            ? null
            : (Variable?)Tensor.From([.. operand.ToDoubles().Select(value => double.IsFinite(value) ? 0.0 : 1)], operand.Shape).Cast(operand.DType));
        return rule.Jvp(call, tangents)?.Value.ToDoubles();
    });

    /// <summary>Asks a rule about its structure. A fused rule runs on a tape only, and one of somebody's own may refuse ones: neither may hide what was found.</summary>
    private static T? Probe<T>(Rule rule, Tensor[] operands, Func<Call, T?> ask)
        where T : class
    {
        if (rule is FusedRule) return null;
        try
        {
            Tensor[] ones = Array.ConvertAll(operands, operand => operand.DType.IsFloat() ? Tensor.Ones(operand.Shape, operand.DType) : operand);
            return ask(new Call(Array.ConvertAll(ones, one => (Variable)one), rule.Forward(ones)));
        }
        catch (Exception)
        {
            return null;
        }
    }
}
