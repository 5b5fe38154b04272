using Tapestry.Autodiff;
using Tapestry.Autodiff.Inspection;
using Tapestry.Tensors;

namespace Tapestry.Samples.AutodiffFromScratch;

/// <summary>The page's pictures, as the engine draws its tapes for Graphviz.</summary>
internal static class Pictures
{
    private static readonly (string Name, Func<string> Draw)[] All =
    [
        ("autodiff-expression", Expression),
        ("autodiff-topological-order", TopologicalOrder),
        ("autodiff-second-order", SecondOrder),
        ("autodiff-batch-normalization", BatchNormalizationOfAColumn),
    ];

    /// <summary>Writes a <c>.dot</c> file for each into a folder.</summary>
    public static void Write(string folder)
    {
        foreach ((string name, Func<string> draw) in All) File.WriteAllText(Path.Combine(folder, name + ".dot"), draw());
    }

    private static string Expression()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Scalar(2, DType.F64)), b = tape.Watch(Tensor.Scalar(1, DType.F64));
        Variable c = (a * b) + Op.Exp(a);
        return TapeDot.Write(TapeView.Of(tape, c, [(a, "a"), (b, "b"), (c, "c")], Adjoints.Kept, "c = a·b + exp(a)"));
    }

    private static string TopologicalOrder()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Scalar(1, DType.F64));
        Variable b = a + a;
        Variable c = b + b;
        return TapeDot.Write(TapeView.Of(tape, c, [(a, "a"), (b, "b"), (c, "c")], Adjoints.Kept, "b = a + a,  c = b + b"));
    }

    private static string SecondOrder()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(3, DType.F64));
        Variable y = x * x * x;
        return TapeDot.Write(TapeView.Of(tape, y, [(x, "x"), (y, "y")], Adjoints.Recorded, "y = x·x·x and its reverse pass"));
    }

    private static string BatchNormalizationOfAColumn()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From(new double[,] { { 1 }, { 2 }, { 3 }, { 4 } }));
        Variable gamma = tape.Watch(Tensor.From([1.0])), beta = tape.Watch(Tensor.From([0.0]));
        (Variable mean, Variable variance, Variable normalized, Variable y) = BatchNormalization.Normalize(x, gamma, beta);
        return TapeDot.Write(TapeView.Of(
            tape,
            y,
            [(x, "x"), (gamma, "γ"), (beta, "β"), (mean, "μ"), (variance, "σ²"), (normalized, "x̂"), (y, "y")],
            Adjoints.Kept,
            "y = γ·(x - μ)/√(σ² + ε) + β",
            upstream: Tensor.From(new double[,] { { 1 }, { 0 }, { 0 }, { 0 } })));
    }
}
