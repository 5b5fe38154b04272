using System.Globalization;
using Tapestry.Autodiff;

namespace Tapestry.Samples.Mlp.Differentiate;

/// <summary>Finite differences over many steps: the error falls with the step while what the difference leaves out weighs most, and rises again when rounding does.</summary>
/// <param name="Points">How many points lie around each number: 3 for central differences.</param>
/// <param name="Errors">The worst error at each of <see cref="Steps"/>.</param>
internal sealed record StepSweep(int Points, IReadOnlyList<double> Errors)
{
    private const int Decades = 14;

    /// <summary>0.1 to 1e-14.</summary>
    public static IReadOnlyList<double> Steps { get; } = [.. Enumerable.Range(1, Decades).Select(decade => double.Parse($"1e-{decade}", CultureInfo.InvariantCulture))];

    /// <summary>A step as one writes it: 1e-5.</summary>
    public static string Text(double step) => step.ToString("0e+0", CultureInfo.InvariantCulture);

    /// <summary>Where the error is smallest: the index of the step. The largest such step where several are equal.</summary>
    public int Best => Errors.Index().MinBy(pair => double.IsNaN(pair.Item) ? double.PositiveInfinity : pair.Item).Index;

    public static StepSweep Run(Problem problem, int points, IReadOnlyList<double> reference, CancellationToken cancellationToken) =>
        new(points, [.. Steps.Select(step =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Error.Of(Derivatives(problem, points, step), reference);
        })]);

    /// <summary>The derivatives with one step.</summary>
    public static double[] Derivatives(Problem problem, int points, double step) =>
        [.. problem.Asked.SelectMany(which => FiniteDifferences.Jacobian(problem.Function, problem.Values, which, step, points)[0])];
}
