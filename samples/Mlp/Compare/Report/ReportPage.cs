using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Tapestry.Autodiff;
using Tapestry.Autodiff.Inspection;
using Tapestry.Layers;

namespace Tapestry.Samples.Mlp.Compare.Report;

/// <summary>
/// A comparison as one page of HTML, whole in itself: it has no script and loads nothing, and its policy forbids both. Results, curves and settings of all runs; then for each
/// the confusion matrix, the worst mistakes, and how weights and gradients are distributed. Equal runs under equal paths give equal bytes.
/// </summary>
internal static class ReportPage
{
    /// <summary>Writes it.</summary>
    public static void Write(Comparison comparison, Stream stream)
    {
        using StreamReader reader = new(Assembly.GetExecutingAssembly().GetManifestResourceStream("report.css")!);
        string style = reader.ReadToEnd().ReplaceLineEndings("\n");
        string title = comparison.Runs.Count == 1 ? comparison.Runs[0].Name : $"{string.Join(", ", comparison.Runs.Select(run => run.Name))} compared";
        Html page = $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'; img-src data:; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <link rel="icon" href="data:,">
            <title>{title}</title>
            <style>{Html.Raw(style)}</style>
            </head>
            <body>
            <header><h1>{title}</h1>{Legend(comparison)}</header>
            <main>
            <section><h2>Results</h2>{Results(comparison)}{Against(comparison)}</section>
            <section><h2>Learning curves</h2>{Curves(comparison)}</section>
            <section><h2>Settings</h2>{Settings(comparison)}</section>
            {Html.Each(comparison.Runs, run => One(comparison, run))}
            </main>
            </body>
            </html>

            """;
        stream.Write(Encoding.UTF8.GetBytes(page.ToString()));
    }

    private static Html Legend(Comparison comparison) => comparison.Runs.Count == 1 ? Html.Empty : (Html)
        $"<nav aria-label=\"Runs\">{Html.Each(comparison.Runs.Index(), run => $"<a class=\"c{run.Index % CurveChart.Colors}\" href=\"#run-{run.Index}\"><span class=\"swatch\"></span>{run.Item.Name}</a>")}</nav>";

    private static Html Results(Comparison comparison)
    {
        (string Name, Func<ComparedRun, double?> Value)[] columns =
        [
            .. comparison.Measures.Where(measure => measure != "learning_rate").Select(measure => (measure, (Func<ComparedRun, double?>)(run => Comparison.Last(run, measure)))),
            .. comparison.Tested.Select(name => ($"test_{name}", (Func<ComparedRun, double?>)(run => Comparison.Result(run, name)))),
        ];
        return $"""
            <div class="wide"><table class="numbers">
            <tr><th scope="col">run</th><th scope="col">parameters</th><th scope="col">epochs</th>{Html.Each(columns, column => $"<th scope=\"col\">{column.Name}</th>")}</tr>
            {Html.Each(comparison.Runs, run => $"<tr><th scope=\"row\">{run.Name}</th><td>{Summary.Count(run.Model.Parameters):N0}</td><td>{run.History.Epochs.Count}</td>{Html.Each(columns, column => Number(run, column.Value, comparison.BestOf(column.Name, column.Value)))}</tr>\n")}
            </table></div>

            """;
    }

    private static Html Number(ComparedRun run, Func<ComparedRun, double?> value, double? best) => value(run) switch
    {
        null => $"<td>-</td>",
        { } number when number == best => $"<td class=\"best\">{number:0.0000}</td>",
        { } number => $"<td>{number:0.0000}</td>",
    };

    private static Html Against(Comparison comparison)
    {
        if (comparison.Against.Count == 0) return Html.Empty;
        return $"""
            <h3>{comparison.Best.Name}, the best, against each of the others on the {comparison.Best.Test.Count} test examples</h3>
            <div class="wide"><table class="numbers"><tr><th scope="col"></th><th scope="col">only the best right</th><th scope="col">only the other right</th><th scope="col">p (McNemar)</th></tr>
            {Html.Each(comparison.Against, pair => $"<tr><th scope=\"row\">{pair.Run.Name}</th><td>{pair.Test.OnlyFirst}</td><td>{pair.Test.OnlySecond}</td><td>{pair.Test.Text}</td></tr>\n")}
            </table></div>
            <p>p is how likely two models of equal worth are to differ as much or more on these examples.</p>

            """;
    }

    private static Html Curves(Comparison comparison)
    {
        string[] measures = [.. comparison.Measures.Select(measure => measure.StartsWith("val_", StringComparison.Ordinal) ? measure[4..] : measure).Distinct()];
        if (measures.Length == 0) return $"<p>No epoch has been trained.</p>";
        return $"""
            <p>Solid: validation. Dashed: training. A circle under the pointer tells its numbers.</p>
            <div class="charts">{Html.Each(measures, measure => $"<figure><figcaption>{measure}</figcaption>{CurveChart.Draw(measure, Curves(comparison, measure))}</figure>\n")}</div>

            """;
    }

    private static Curve[] Curves(Comparison comparison, string measure) =>
    [
        .. from run in comparison.Runs.Index()
           from name in (string[])[measure, $"val_{measure}"]
           where run.Item.History.Epochs.Any(epoch => epoch.Find(name) is not null)
           select new Curve($"{run.Item.Name} {name}", run.Index, name != measure, [.. run.Item.History.Epochs.Select(epoch => epoch.Find(name) ?? double.NaN)]),
    ];

    private static Html Settings(Comparison comparison) => $"""
        <div class="wide"><table>
        <tr><th scope="col">setting</th>{Html.Each(comparison.Runs, run => $"<th scope=\"col\">{run.Name}</th>")}</tr>
        {Html.Each(comparison.Settings, setting => $"<tr{(comparison.IsSame(setting) ? Html.Empty : (Html)$" class=\"differs\"")}><th scope=\"row\">{setting}</th>{Html.Each(comparison.Runs, run => $"<td>{run.Settings.GetValueOrDefault(setting, "-")}</td>")}</tr>\n")}
        </table></div>

        """;

    private static Html One(Comparison comparison, ComparedRun run)
    {
        int index = comparison.Runs.Index().First(pair => pair.Item == run).Index;
        return $"""
            <section id="run-{index}" class="run c{index % CurveChart.Colors}"><h2><span class="swatch"></span>{run.Name}</h2>
            <p class="path">{run.Path}</p>
            {(run.Test.Classes is null ? Html.Empty : (Html)$"<h3>Confusion matrix</h3>{Answers.Confusion(run)}{Answers.WorstMistakes(run)}")}
            <h3>Weights and gradients</h3>
            <p>The gradient is that of the loss over the first 1,024 training examples. Below each: the smallest and the largest element, and the elements' mean ± their standard deviation.</p>
            <div class="wide"><table class="weights"><tr><th scope="col">parameter</th><th scope="col">values</th><th scope="col">gradient</th></tr>
            {Html.Each(run.Model.Parameters, parameter => Distribution(run, parameter))}
            </table></div>
            <details><summary>The model, layer by layer</summary><div class="wide"><pre>{Summary.Of(run.Model)}</pre></div></details>
            </section>

            """;
    }

    private static Html Distribution(ComparedRun run, Parameter parameter) => $"""
        <tr><th scope="row">{parameter.Name}<br><span class="shape">{parameter.Shape}</span></th><td>{HistogramChart.Draw(TensorSummary.Of(parameter.Value), $"values of {parameter.Name}")}</td>
        <td class="gradient">{(run.Gradients.TryGetValue(parameter.Name, out TensorSummary? gradient) ? HistogramChart.Draw(gradient, $"gradient of {parameter.Name}") : (Html)$"not trained")}</td></tr>

        """;
}
