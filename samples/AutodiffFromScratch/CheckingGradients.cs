using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Samples.AutodiffFromScratch;

/// <summary>Finite differences: too rough to train with, good enough to catch a wrong rule.</summary>
internal static class CheckingGradients
{
    public static void FiniteDifferences()
    {
        // listing: finite-differences
        const double x = 1.1;
        double exact = 3 * x * x;
        foreach (double h in (double[])[1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10, 1e-12])
        {
            double difference = (Cube(x + h) - Cube(x - h)) / (2 * h);
            Print.Line($"h = {h:0e+00}   off by {Math.Abs(difference - exact):0e+00}");
        }

        static double Cube(double x) => x * x * x;
        // end
    }

    public static void WrongRule()
    {
        // listing: wrong-rule-check
        Tensor at = Tensor.From([1.5]);
        Report("x·x·x", GradientCheck.Run(x => x[0] * x[0] * x[0], at));
        Report("Cube ", GradientCheck.Run(x => WrongCube.Of(x[0]), at));

        static void Report(string name, GradientReport report) =>
            Print.Line($"{name} {Verdict(report)}: {report.Analytic:F4} by the tape, {report.Numeric:F4} by finite differences");
        // end
    }

    public static void WrongAtSecondOrder()
    {
        // listing: held-mean-check
        Tensor column = Tensor.From(new double[,] { { 1 }, { 2 }, { 3 }, { 4 } });
        foreach (int order in (int[])[1, 2])
        {
            GradientReport right = GradientCheck.Run(x => Normalized(x[0], hold: false), [column], order);
            GradientReport held = GradientCheck.Run(x => Normalized(x[0], hold: true), [column], order);
            Print.Line($"order {order}: {Verdict(right)}; with the mean held {Verdict(held)}");
        }
        // end
    }

    public static void SecondDerivatives()
    {
        // listing: held-mean-hessian
        Tensor first = Tensor.From(new double[,] { { 1 }, { 0 }, { 0 }, { 0 } });
        foreach (bool hold in (bool[])[false, true])
        {
            using Tape tape = new();
            Variable x = tape.Watch(Tensor.From(new double[,] { { 1 }, { 2 }, { 3 }, { 4 } }));
            Variable gradient = tape.Gradient(Normalized(x, hold), x, upstream: first, record: true);
            Print.Line($"{(hold ? "mean held" : "right    ")} {tape.Gradient(gradient, x, upstream: first).Reshape(-1)}");
        }
        // end
    }

    // listing: held-mean
    private static Variable Normalized(Variable x, bool hold)
    {
        Variable mean = Op.Mean(x, 0, keepDimensions: true);
        Variable variance = Op.Mean(Op.Square(x - (hold ? Op.StopGradient(mean) : mean)), 0, keepDimensions: true);
        return (x - mean) / Op.Sqrt(variance + BatchNormalization.Epsilon);
    }
    // end

    private static string Verdict(GradientReport report) => report.Passed ? "passed" : "failed";
}
