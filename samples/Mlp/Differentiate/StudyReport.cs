using System.Globalization;
using Spectre.Console;
using Tapestry.Samples.Mlp.Drawing;
using static Tapestry.Samples.Mlp.Explain.Columns;

namespace Tapestry.Samples.Mlp.Differentiate;

/// <summary>A study as a class reads it: all methods side by side, then each with a sentence on how it works and what it costs.</summary>
internal sealed class StudyReport(Study study, Page page)
{
    private const int MostRows = 12;
    private const int WidestMatrix = 5;
    private const double Wrong = 1e-5;

    private static readonly Style Quiet = new(Color.Grey);

    private readonly Problem problem = study.Problem;

    /// <summary>Writes it.</summary>
    public void Write()
    {
        Title();
        Comparison();
        Derivatives();
        ByHand();
        Differences();
        Formulas();
        Section("Forward mode", "Beside each value goes how fast it moves when one input moves: exact, at one pass for each input, however many outputs there are.");
        Section("Reverse mode", "The tape is walked backward, and each entry hands what has reached it on to its operands: exact, at one pass for each output, however many inputs there are; but the values on the way must be kept for it.");
        Section("Elimination", "Each edge of the graph has a partial derivative, and vertex after vertex is removed, each edge into it times each edge out of it: exact in any order, and the order decides how many multiplications it takes. Forward and reverse mode are two orders; Markowitz's rule takes the vertex that costs least next.");
        Hessian();
    }

    private void Title()
    {
        page.Line($"f = {problem.Name}", new Style(decoration: Decoration.Bold));
        page.Sentences($"is {Short(study.Value)} at {string.Join(", ", problem.Inputs.Select(input => $"{input.Name} = {Shown(input.Value.ToDoubles())}"))}");
    }

    private void Comparison()
    {
        page.Heading("Methods");
        page.Table(
            [
                Cells("method", "worst error", "counted", "time"),
                .. study.Outcomes.Select(outcome => new (string, Style?)[]
                {
                    (outcome.Name, Paint(outcome.Family)),
                    outcome.Name == Methods.Reference ? ("the reference", Quiet) : (ErrorText(outcome.Error), Judged(outcome.Error)),
                    (outcome.Multiplications is { } multiplications ? Plural(multiplications, "multiplication") : Plural(outcome.Operations!.Value, "operation"), null),
                    (Time(outcome.Microseconds), Quiet),
                }),
            ],
            left: 1);
        page.Sentences($"Errors are the largest difference from {Methods.Reference}, relative to the largest derivative. Operations are those on whole tensors that a method runs, the function's own included where it is run; multiplications are of single partial derivatives. Times are medians on this machine.", Quiet);
    }

    private void Derivatives()
    {
        Outcome[] columns = [.. study.Outcomes.DistinctBy(outcome => outcome.Family)];
        IReadOnlyList<double> reference = study.Outcomes.First(outcome => outcome.Name == Methods.Reference).Derivatives;
        double scale = Error.Scale(reference);
        page.Heading("Derivatives");
        page.Table(
            [
                [("", null), .. columns.Select(outcome => (Title(outcome.Family), (Style?)null))],
                .. problem.Elements.Take(MostRows).Select((element, i) => (IReadOnlyList<(string, Style?)>)[($"df/d{element}", null), .. columns.Select(outcome => (Number(outcome.Derivatives[i]), Doubt(outcome.Derivatives[i], reference[i], scale)))]),
            ],
            left: 1);
        if (problem.Elements.Count > MostRows) page.Line($"  and {problem.Elements.Count - MostRows} more, which --json prints", Quiet);
    }

    private void ByHand()
    {
        Section("By hand", "Somebody works the derivative out on paper and writes it down as code: it costs a person's time, and only a check tells whether it is right.");
        if (problem.ByHand is null) page.Sentences($"Nobody has for this function: --by-hand '{problem.Inputs[problem.Asked[0]].Name}=...' takes yours.", Quiet);
        foreach (string line in problem.ByHand?.Formula ?? []) page.Line($"  {line}");
    }

    private void Differences()
    {
        Section("Differences", "Each number is moved a step h to both sides and the change is divided by the distance: two evaluations for each, or four with five points, and never exact. A large step leaves too much out and a small one drowns in rounding, so that the error is a V.");
        if (page.IsLive)
        {
            page.Draw(Chart());
            return;
        }

        page.Table(
            [
                Cells("h", [.. study.Sweeps.SelectMany(sweep => (string[])[Title(sweep), ""])]),
                .. StepSweep.Steps.Select((step, i) => Cells(StepSweep.Text(step), [.. study.Sweeps.SelectMany(sweep => (string[])[ErrorText(sweep.Errors[i]), sweep.Best == i ? "best" : ""])])),
            ],
            left: 1);
    }

    /// <summary>Both axes logarithmic: the V has straight sides, whose slopes are the orders of the methods and -1.</summary>
    private LineChart Chart()
    {
        // An error of 0 has no logarithm, and stands at the floor of the others.
        double floor = Math.Log10(study.Sweeps.SelectMany(sweep => sweep.Errors).Where(error => error > 0).DefaultIfEmpty(1).Min());
        Color[] colors = [Color.Blue, Color.Orange1];
        Series[] series = [.. study.Sweeps.Select((sweep, i) => new Series(Title(sweep), [.. sweep.Errors.Select(error => error == 0 ? floor : Math.Log10(error))], colors[i]))];
        return new LineChart("error", series)
        {
            Label = exponent => $"1e{exponent.ToString("0", CultureInfo.InvariantCulture)}",
            Ticks = [.. StepSweep.Steps.Index().Where(step => step.Index % 2 == 1).Select(step => (step.Index, StepSweep.Text(step.Item)))],
            Marks = [.. study.Sweeps.Select((sweep, i) => (sweep.Best, $"best h = {StepSweep.Text(StepSweep.Steps[sweep.Best])}, error {ErrorText(sweep.Errors[sweep.Best])}", colors[i]))],
        };
    }

    private void Formulas()
    {
        Section("Symbolic", "The recorded reverse pass is read back as a formula and simplified: exact, and one can read it, but it grows as long as the tape.");
        for (int i = 0; i < problem.Asked.Count; i++)
        {
            string title = $"  df/d{problem.Inputs[problem.Asked[i]].Name} = ";
            Expression(title, study.Symbolic.Recorded[i].ToLines(), Quiet);
            Expression("= ".PadLeft(title.Length), study.Symbolic.Simplified[i].ToLines(), null);
        }
    }

    /// <summary>The expression, and below it what its names stand for.</summary>
    private void Expression(string title, IReadOnlyList<string> lines, Style? style)
    {
        page.Line([(title, null), (lines[^1], style), (lines.Count == 1 ? "" : ", where", Quiet)]);
        foreach (string line in lines.SkipLast(1)) page.Line($"      {line}", style);
    }

    private void Hessian()
    {
        if (study.Hessian is not { } hessian) return;
        Section("Second derivatives of x̂[0]", "The recorded gradient is itself differentiated, by one forward pass for each input (forward over reverse).");
        int size = hessian.Values.Length;
        if (size <= WidestMatrix)
        {
            page.Table(
                [
                    Cells("", [.. Enumerable.Range(0, size).Select(k => $"dx[{k}]"), "row's sum"]),
                    .. hessian.Values.Select((row, j) => (IReadOnlyList<(string, Style?)>)[.. Cells($"dx[{j}]", [.. row.Select(Number)]), (ErrorText(hessian.RowSums[j]), Quiet)]),
                ],
                left: 1);
        }

        page.Line($"  largest sum of a row {ErrorText(hessian.RowSums.Max(Math.Abs))}, largest difference from the transpose {ErrorText(hessian.Asymmetry)}", Quiet);
        foreach (string line in HessianStudy.Formula) page.Line($"  {line}");
        page.Table([Cells("method", "worst error"), .. hessian.Errors.Select(pair => new (string, Style?)[] { (pair.Method, null), (ErrorText(pair.Error), Judged(pair.Error)) })], left: 1);
    }

    private void Section(string heading, string sentence)
    {
        page.Heading(heading);
        page.Sentences(sentence);
    }

    private static string Shown(double[] values) => values.Length == 1 ? Short(values[0]) : $"[{string.Join(", ", values.Select(Short))}]";

    private static (string, Style?)[] Cells(string first, params IReadOnlyList<string> others) => [(first, null), .. others.Select(text => (text, (Style?)null))];

    private static string Title(Family family) => family switch
    {
        Family.ByHand => "by hand",
        Family.Differences => "difference",
        Family.Symbolic => "symbolic",
        Family.Forward => "forward",
        Family.Reverse => "reverse",
        _ => "elimination",
    };

    private static string Title(StepSweep sweep) => sweep.Points == 3 ? "central" : $"{sweep.Points} points";

    private static Style Paint(Family family) => new(family switch
    {
        Family.ByHand => Color.Magenta1,
        Family.Differences => Color.Orange1,
        Family.Symbolic => Color.Green,
        Family.Forward => Color.Aqua,
        Family.Reverse => Color.Blue,
        _ => Color.Yellow,
    });

    /// <summary>Green for what is exact but for rounding, red for what nobody should use.</summary>
    private static Style Judged(double error) => new(error <= 1e-12 ? Color.Green : error <= Wrong ? Color.Yellow : Color.Red);

    /// <summary>Red for a derivative that differs in what the table shows of it.</summary>
    private static Style? Doubt(double derivative, double reference, double scale) => Math.Abs(derivative - reference) > Wrong * scale ? new Style(Color.Red) : null;

    private static string ErrorText(double error) => double.IsNaN(error) ? "none" : error == 0 ? "0" : error.ToString("0.0e+0", CultureInfo.InvariantCulture).Replace("e+", "e", StringComparison.Ordinal);

    private static string Plural(long count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";

    private static string Time(double microseconds) => microseconds.ToString(microseconds < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + " µs";
}
