using Tapestry.Autodiff;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Differentiate;

/// <summary>Batch normalization in training as something to differentiate: f = Σ dy·y, whose derivatives are what comes back through the layer when dy comes from above.</summary>
internal static class BatchNormalizationProblem
{
    private const int MostElements = 64;

    /// <summary>The layer on some rows, with the closed form by hand.</summary>
    /// <param name="rows">The batch.</param>
    /// <param name="upstream">dy, row by row.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <param name="gamma">The scale of every feature.</param>
    /// <exception cref="UsageException">The layer refuses the input, or there is too much of it to run every method on.</exception>
    public static Problem Of(double[][] rows, double[] upstream, double epsilon, double gamma)
    {
        int features = rows[0].Length;
        if (rows.Length * features > MostElements) throw new UsageException($"--on: expected at most {MostElements} numbers, got {rows.Length * features}. Every method runs many times.");
        Shape shape = [rows.Length, features];
        Problem problem = new(
            "Σ dy·y, y = γ·(x - μ)/√(σ² + ε) + β",
            [
                ("x", Tensor.From([.. rows.SelectMany(row => row)], shape)),
                ("gamma", Tensor.Full([features], gamma, DType.F64)),
                ("beta", Tensor.Zeros([features], DType.F64)),
                ("dy", Tensor.From(upstream, shape)),
            ],
            [0, 1, 2],
            Function(Layer(epsilon, features)),
            new ByHand(ClosedForm, inputs => Backward(inputs, epsilon)));
        try
        {
            using Tape tape = new();
            Variable result = problem.Record(tape).Result;
            if (!double.IsFinite(result.Value.ToScalar())) throw new UsageException("--on: expected finite results, got none. Are all values of a feature equal, and epsilon 0?");
        }
        catch (ArgumentException refusal)
        {
            throw new UsageException(CommonOptions.Text(refusal));
        }

        return problem;
    }

    /// <summary>x̂ of the first row as a function of a column, for its second derivatives.</summary>
    public static Func<Variable, Variable> FirstOutput(double epsilon)
    {
        BatchNormalization layer = Layer(epsilon, features: 1);
        return x => Op.Sum(layer.Forward(x, Pass) * Indexing.OneHot(Tensor.Scalar(0, DType.I32), x.Shape[0], DType.F64).Reshape(x.Shape));
    }

    private static Mode Pass => Mode.Train with { UpdateStatistics = false };

    /// <summary>The formulas that <see cref="Backward"/> computes. Ioffe and Szegedy, 2015, section 3, with the three paths through x, σ² and μ added up.</summary>
    private static IReadOnlyList<string> ClosedForm =>
    [
        "s = 1/√(σ² + ε), x̂ = (x - μ)·s, and m rows",
        "df/dbeta  = Σ dy",
        "df/dgamma = Σ dy·x̂",
        "df/dx     = γ·s·(dy - (Σ dy)/m - x̂·(Σ dy·x̂)/m)",
    ];

    private static BatchNormalization Layer(double epsilon, int features)
    {
        BatchNormalization layer = new() { Name = "bn", Epsilon = epsilon, Fused = false };
        layer.BuildFor([features], DType.F64, new Rng(0));
        return layer;
    }

    private static Func<IReadOnlyList<Variable>, Variable> Function(BatchNormalization layer) => inputs =>
    {
        Tape tape = inputs[0].Tape!;
        tape.Bind(layer.Gamma!, inputs[1]);
        tape.Bind(layer.Beta!, inputs[2]);
        return Op.Sum(layer.Forward(inputs[0], Pass) * inputs[3]);
    };

    private static Variable[] Backward(IReadOnlyList<Variable> inputs, double epsilon)
    {
        (Variable x, Variable gamma, Variable dy) = (inputs[0], inputs[1], inputs[3]);
        double m = x.Shape[0];
        Variable centered = x - (Op.Sum(x, 0) / m);
        Variable s = 1 / Op.Sqrt((Op.Sum(Op.Square(centered), 0) / m) + epsilon);
        Variable normalized = centered * s;
        Variable dbeta = Op.Sum(dy, 0);
        Variable dgamma = Op.Sum(dy * normalized, 0);
        Variable dx = gamma * s * (dy - (dbeta / m) - (normalized * (dgamma / m)));
        return [dx, dgamma, dbeta];
    }
}
