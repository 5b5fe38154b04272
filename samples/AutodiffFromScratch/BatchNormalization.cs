using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Samples.AutodiffFromScratch;

/// <summary>Batch normalization of a column, from operations, and the closed form of its derivative.</summary>
internal static class BatchNormalization
{
    public const double Epsilon = 1e-3;

    // listing: batch-normalization
    public static (Variable Mean, Variable Variance, Variable Normalized, Variable Y) Normalize(Variable x, Variable gamma, Variable beta)
    {
        Variable mean = Op.Mean(x, 0, keepDimensions: true);
        Variable centered = x - mean;
        Variable variance = Op.Mean(Op.Square(centered), 0, keepDimensions: true);
        Variable normalized = centered / Op.Sqrt(variance + Epsilon);
        return (mean, variance, normalized, (gamma * normalized) + beta);
    }
    // end

    public static void Run()
    {
        // listing: batch-normalization-gradient
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From(new double[,] { { 1 }, { 2 }, { 3 }, { 4 } }));
        Variable gamma = tape.Watch(Tensor.From([1.0])), beta = tape.Watch(Tensor.From([0.0]));
        (_, Variable variance, Variable normalized, Variable y) = Normalize(x, gamma, beta);
        Print.Line($"{tape.Entries.Count} entries: {string.Join(", ", tape.Entries.Select(entry => entry.Rule.Name))}");

        Tensor upstream = Tensor.From(new double[,] { { 1 }, { 0 }, { 0 }, { 0 } });
        Variable[] gradient = tape.Gradient(y, [x, gamma, beta], upstream);
        Print.Line($"x̄ = {Digits(gradient[0])}");
        Print.Line($"γ̄ = {Digits(gradient[1])}, β̄ = {Digits(gradient[2])}");
        Print.Line($"    {Digits(ClosedForm(upstream, normalized, variance, gamma))} by the closed form");
        // end
    }

    // listing: closed-form
    private static Variable ClosedForm(Variable upstream, Variable normalized, Variable variance, Variable gamma) =>
        gamma / Op.Sqrt(variance + Epsilon) * (upstream - Op.Mean(upstream, 0) - (normalized * Op.Mean(upstream * normalized, 0)));
    // end

    private static string Digits(Variable variable) => string.Join(", ", variable.Value.ToDoubles().Select(number => FormattableString.Invariant($"{number:F9}")));
}
