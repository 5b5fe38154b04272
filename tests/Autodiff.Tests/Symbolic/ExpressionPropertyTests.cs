using Tapestry.Autodiff.Symbolic;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests.Symbolic;

/// <summary>Whatever was recorded, the expression read back from it, as it is and simplified, has the value that the tape gives: where it was recorded, and elsewhere.</summary>
public class ExpressionPropertyTests
{
    private const double Rounding = 1e-10;

    private static readonly string[] Names = ["a", "b", "c", "d", "e"];

    public static TheoryData<int> Seeds => new(Enumerable.Range(0, 60));

    public static TheoryData<string> Rows => new(Catalogue.Operations.Select(row => row.Name).Distinct());

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Gradients_of_random_programs_of_tensors_evaluate_to_the_tapes(int seed)
    {
        Variable Program(IReadOnlyList<Variable> xs) => RandomProgramTests.Run(xs, new Rng((ulong)seed).Split(1));
        Tensor[] Sample(ulong from)
        {
            Rng rng = new(from);
            return [Catalogue.Sample([2, 3], Domain.Any, rng), Catalogue.Sample([3], Domain.Any, rng), Catalogue.Sample([], Domain.Any, rng)];
        }

        AgreesWithTheTape(Program, Sample((ulong)seed), Sample((ulong)seed + 1000));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Gradients_of_random_programs_of_numbers_evaluate_to_the_tapes(int seed)
    {
        Tensor[] Sample(ulong from) => [.. Enumerable.Range(0, 4).Select(i => Catalogue.Sample([], Domain.Positive, new Rng(from).Split((ulong)i)))];

        AgreesWithTheTape(xs => Run(xs, new Rng((ulong)seed)), Sample((ulong)seed), Sample((ulong)seed + 1000));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_operations_gradient_evaluates_to_the_tapes(string name)
    {
        foreach (CatalogueRow row in Catalogue.Operations.Where(row => row.Name == name))
        {
            foreach (CatalogueCase called in row.Cases)
            {
                Tensor[] elsewhere = [.. called.Shapes.Select(shape => Catalogue.Sample(shape, row.Domain, new Rng(77)))];
                AgreesWithTheTape(xs => Op.Sum(Op.Square(called.Function(xs))), row.Sample(called), elsewhere);
            }
        }
    }

    /// <summary>Where two calls of an operation compute something else, they are written otherwise.</summary>
    [Fact]
    public void What_an_operation_was_told_is_told()
    {
        foreach (IGrouping<string, Recorded> calls in Recorded.All.GroupBy(recorded => recorded.Rule.Name))
        {
            string[] formulas = [.. calls.Select(call => call.Rule.Formula).Distinct()];

            Assert.True(calls.Select(call => call.Rule.Options).Distinct().Count() >= formulas.Length, $"{calls.Key} has {formulas.Length} formulas: {string.Join("; ", formulas)}");
        }
    }

    private static void AgreesWithTheTape(Func<IReadOnlyList<Variable>, Variable> function, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> elsewhere)
    {
        using Tape tape = new(), other = new();
        (Variable[] xs, Variable[] gradients, Variable seed) = Differentiate(tape, function, inputs);
        (Variable[] others, Variable[] there, _) = Differentiate(other, function, elsewhere);
        Dictionary<string, Variable> values = others.Select((x, i) => (Names[i], x)).ToDictionary();
        for (int i = 0; i < xs.Length; i++)
        {
            Expression recorded = Expression.Of(gradients[i], [.. xs.Select((x, k) => (x, Names[k])), (seed, "seed")]);
            foreach (Expression expression in (Expression[])[recorded, recorded.Simplify(), recorded.Simplify(("seed", 1)), recorded.Simplify().Simplify(("seed", 1))])
            {
                Agree(gradients[i].Value, expression.Evaluate(new Dictionary<string, Variable>()).Value, expression);
                Agree(there[i].Value, expression.Evaluate(values).Value, expression);
            }
        }
    }

    private static (Variable[] Xs, Variable[] Gradients, Variable Seed) Differentiate(Tape tape, Func<IReadOnlyList<Variable>, Variable> function, IReadOnlyList<Tensor> inputs)
    {
        Variable[] xs = [.. inputs.Select(tape.Watch)];
        Variable y = function(xs);
        Variable seed = tape.Watch(Tensor.Ones(y.Shape, DType.F64));
        return (xs, tape.Gradient(y, xs, seed, record: true), seed);
    }

    private static void Agree(Tensor expected, Tensor actual, Expression expression)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        double scale = Math.Max(1, expected.ToDoubles().Max(Math.Abs));
        Assert.All(expected.ToDoubles().Zip(actual.ToDoubles()), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= Rounding * scale, $"expected {pair.First:R}, got {pair.Second:R} of\n{expression}"));
    }

    /// <summary>Ten steps of arithmetic on positive numbers, with constants among them, so that like terms and factors meet.</summary>
    private static Variable Run(IReadOnlyList<Variable> xs, Rng rng)
    {
        List<Variable> values = [.. xs];
        for (int step = 0; step < 10; step++)
        {
            Variable a = values[rng.Next(values.Count)], b = values[rng.Next(values.Count)];
            values.Add(rng.Next(11) switch
            {
                0 => a + b,
                1 => a - b,
                2 => a * b,
                3 => a / (1 + Op.Square(b)),
                4 => -a,
                5 => Op.Sqrt(1.25 + Op.Square(a)),
                6 => Op.Tanh(a),
                7 => (0.1 * a) + 0.7,
                8 => Op.Square(a) * 3,
                9 => Op.Log(0.5 + Op.Square(a)),
                _ => a - (2 * b) + a,
            });
            if (Math.Abs(values[^1].Value.ToScalar()) > 100) values[^1] = Op.Tanh(values[^1]);
        }

        return values.Skip(xs.Count).Aggregate((sum, value) => sum + value);
    }
}
