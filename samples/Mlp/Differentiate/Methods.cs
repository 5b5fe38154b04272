using System.Globalization;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Differentiate;

/// <summary>Runs a problem by every method. Operations are counted by recording: what a method computes on a tape whose leaves are watched leaves an entry each.</summary>
internal static class Methods
{
    /// <summary>The one that the others' errors are measured from.</summary>
    public const string Reference = "reverse mode";

    /// <summary>The derivatives by reverse mode.</summary>
    public static double[] Reverse(Problem problem)
    {
        using Tape tape = new();
        (_, Variable[] asked, Variable result) = problem.Record(tape);
        return Flat(tape.Gradient(result, asked));
    }

    /// <summary>The function's value.</summary>
    public static double Value(Problem problem)
    {
        using Tape tape = new();
        return problem.Record(tape).Result.Value.ToDoubles()[0];
    }

    /// <summary>What each method gives, in the order in which a class meets them.</summary>
    public static IEnumerable<Outcome> Run(Problem problem, double[] reference, Symbolic symbolic, IReadOnlyList<StepSweep> sweeps)
    {
        Outcome Measure(string name, Family family, Func<double[]> run, int operations)
        {
            double[] derivatives = run();
            return new Outcome(name, family, derivatives, Error.Of(derivatives, reference), operations, null, Stopclock.Median(() => run()));
        }

        if (problem.ByHand is { } byHand)
        {
            yield return Measure("by hand", Family.ByHand, () => Formulas(problem, byHand.Derivatives), Count(problem, byHand.Derivatives));
        }

        foreach (StepSweep sweep in sweeps)
        {
            double step = StepSweep.Steps[sweep.Best];
            int evaluations = (sweep.Points - 1) * problem.Elements.Count;
            yield return Measure(
                string.Create(CultureInfo.InvariantCulture, $"{(sweep.Points == 3 ? "central difference" : $"{sweep.Points}-point difference")}, h = {StepSweep.Text(step)}"),
                Family.Differences,
                () => StepSweep.Derivatives(problem, sweep.Points, step),
                evaluations * CountForward(problem));
        }

        yield return Measure("symbolic", Family.Symbolic, () => Formulas(problem, inputs => symbolic.Evaluate(problem, inputs)), Count(problem, inputs => symbolic.Evaluate(problem, inputs)));
        yield return Measure("forward mode", Family.Forward, () => Forward(problem, record: false).Derivatives, Forward(problem, record: true).Entries);
        yield return Measure(Reference, Family.Reverse, () => Reverse(problem), CountReverse(problem));
        foreach (EliminationOrder order in Enum.GetValues<EliminationOrder>())
        {
            Elimination elimination = Eliminate(problem, order);
            double[] derivatives = elimination.Jacobian.ToDoubles();
            string name = order == EliminationOrder.Markowitz ? "elimination, Markowitz's" : $"elimination, {order.ToString().ToLowerInvariant()}";
            yield return new Outcome(name, Family.Elimination, derivatives, Error.Of(derivatives, reference), null, elimination.Multiplications, Stopclock.Median(() => Eliminate(problem, order)));
        }
    }

    private static Elimination Eliminate(Problem problem, EliminationOrder order)
    {
        using Tape tape = new();
        (_, Variable[] asked, Variable result) = problem.Record(tape);
        return LinearizedGraph.From([result], asked).Eliminate(order);
    }

    /// <summary>One pass for each element that is asked for, along the entries of one evaluation.</summary>
    private static (double[] Derivatives, int Entries) Forward(Problem problem, bool record)
    {
        using Tape tape = new();
        (_, Variable[] asked, Variable result) = problem.Record(tape);
        List<double> derivatives = [];
        foreach (Variable x in asked)
        {
            for (int element = 0; element < x.Shape.ElementCount; element++)
            {
                Tensor direction = Tensor.Zeros(x.Shape, DType.F64);
                direction.AsSpan<double>()[element] = 1;
                Variable tangent = record ? tape.Watch(direction) : direction;
                derivatives.AddRange(tape.Jvp(result, [x], [tangent], record).Value.ToDoubles());
            }
        }

        return ([.. derivatives], tape.Entries.Count);
    }

    /// <summary>Formulas of the inputs, without a tape.</summary>
    private static double[] Formulas(Problem problem, Func<IReadOnlyList<Variable>, Variable[]> formulas) =>
        Flat(formulas([.. problem.Values]).Zip(problem.Asked, (derivative, i) => Op.BroadcastTo(derivative, problem.Values[i].Shape)));

    private static int Count(Problem problem, Func<IReadOnlyList<Variable>, Variable[]> formulas)
    {
        using Tape tape = new();
        formulas([.. problem.Values.Select(tape.Watch)]);
        return tape.Entries.Count;
    }

    private static int CountForward(Problem problem)
    {
        using Tape tape = new();
        problem.Record(tape);
        return tape.Entries.Count;
    }

    private static int CountReverse(Problem problem)
    {
        using Tape tape = new();
        (_, Variable[] asked, Variable result) = problem.Record(tape);
        tape.Gradient(result, asked, tape.Watch(Tensor.Ones(result.Shape, result.DType)), record: true);
        return tape.Entries.Count;
    }

    private static double[] Flat(IEnumerable<Variable> derivatives) => [.. derivatives.SelectMany(derivative => derivative.Value.ToDoubles())];
}
