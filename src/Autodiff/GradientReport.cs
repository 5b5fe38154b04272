using System.Globalization;

namespace Tapestry.Autodiff;

/// <summary>What <see cref="GradientCheck"/> found: the worst element, both values and the step.</summary>
public sealed record GradientReport
{
    /// <summary>1 for the gradient, 2 for the gradient of the gradient.</summary>
    public int Order { get; init; }

    /// <summary>The largest difference between the two Jacobians, relative to the largest element; infinite where a value is not finite.</summary>
    public double WorstError { get; init; }

    /// <summary>The difference between ⟨u, Jv⟩ and ⟨Jᵀu, v⟩, relative to the sum of the magnitudes; infinite where a value is not finite.</summary>
    public double DotProductError { get; init; }

    /// <summary>The input that the worst element belongs to, from 0; -1 where there was nothing to compare.</summary>
    public int Input { get; init; } = -1;

    /// <summary>The worst element's position in that input, row-major.</summary>
    public int Element { get; init; }

    /// <summary>The position in the output, row-major, whose derivative was worst.</summary>
    public int Output { get; init; }

    /// <summary>The tape's derivative there.</summary>
    public double Analytic { get; init; }

    /// <summary>The finite difference there.</summary>
    public double Numeric { get; init; }

    /// <summary>What <see cref="WorstError"/> may be.</summary>
    public double Tolerance { get; init; } = GradientCheck.DefaultTolerance;

    /// <summary>The distance between the points of the finite difference.</summary>
    public double Step { get; init; } = GradientCheck.DefaultStep;

    /// <summary>Whether there was something to compare and both differences are within their tolerances.</summary>
    public bool Passed => Input >= 0 && WorstError <= Tolerance && DotProductError <= GradientCheck.DotProductTolerance;

    /// <summary>The report to show for several: the first that failed, else the one with the largest error.</summary>
    public static GradientReport Worst(params IReadOnlyCollection<GradientReport> reports) =>
        reports.FirstOrDefault(report => !report.Passed) ?? reports.MaxBy(report => report.WorstError)
        ?? throw new ArgumentException("GradientReport.Worst: expected at least one report, got none.", nameof(reports));

    /// <summary>Does nothing where the check passed.</summary>
    /// <exception cref="InvalidOperationException">The check failed; the message is the report.</exception>
    public void ThrowIfFailed()
    {
        if (!Passed) throw new InvalidOperationException(ToString());
    }

    /// <summary>One line that names the worst element, both values and the step.</summary>
    public override string ToString()
    {
        if (Input < 0) return "gradient check failed: there was nothing to compare; an input or the output has no elements";
        string verdict = Passed ? "passed" : "failed";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"gradient check of order {Order} {verdict}: d output[{Output}] / d input {Input}[{Element}] is {Analytic:G10} by the tape and {Numeric:G10} by finite differences (step {Step:G}); relative error {WorstError:G3}, tolerance {Tolerance:G}; forward against reverse mode {DotProductError:G3}, tolerance {GradientCheck.DotProductTolerance:G}");
    }
}
