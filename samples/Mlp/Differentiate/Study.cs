namespace Tapestry.Samples.Mlp.Differentiate;

/// <summary>A problem differentiated by every method.</summary>
/// <param name="Problem">What was differentiated.</param>
/// <param name="Value">The function's value.</param>
/// <param name="Outcomes">What each method gave.</param>
/// <param name="Sweeps">Finite differences over many steps: by 3 points and by 5.</param>
/// <param name="Symbolic">The derivatives as formulas.</param>
/// <param name="Hessian">Second derivatives, where they were asked for.</param>
internal sealed record Study(Problem Problem, double Value, IReadOnlyList<Outcome> Outcomes, IReadOnlyList<StepSweep> Sweeps, Symbolic Symbolic, HessianStudy? Hessian)
{
    /// <summary>Runs every method.</summary>
    /// <exception cref="UsageException">A derivative is not a finite number.</exception>
    public static Study Of(Problem problem, HessianStudy? hessian, CancellationToken cancellationToken)
    {
        double[] reference = Methods.Reverse(problem);
        if (Array.FindIndex(reference, derivative => !double.IsFinite(derivative)) is >= 0 and int at)
        {
            throw new UsageException($"--at: expected a point where every derivative is a finite number, got {reference[at]} by {problem.Elements[at]}.");
        }

        StepSweep[] sweeps = [StepSweep.Run(problem, 3, reference, cancellationToken), StepSweep.Run(problem, 5, reference, cancellationToken)];
        Symbolic symbolic = Symbolic.Of(problem);
        return new Study(problem, Methods.Value(problem), [.. Methods.Run(problem, reference, symbolic, sweeps)], sweeps, symbolic, hessian);
    }
}
