using System.Globalization;
using Spectre.Console;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Drawing;

namespace Tapestry.Samples.Mlp.Compare;

/// <summary>A comparison for a terminal: a column a run, as many side by side as there is room for, then the curves.</summary>
internal sealed class ComparisonText
{
    private const int Width = 80;
    private const int Gap = 2;

    private static readonly Color[] Colors = [Color.Blue, Color.Orange1, Color.Green, Color.Magenta1, Color.Aqua, Color.Red, Color.Yellow, Color.Grey];

    private readonly Comparison comparison;
    private readonly Page page;

    private ComparisonText(Comparison comparison, Page page) => (this.comparison, this.page) = (comparison, page);

    /// <summary>Shows it.</summary>
    public static void Show(Comparison comparison, Terminal terminal) => new ComparisonText(comparison, new Page(terminal)).Show();

    private void Show()
    {
        List<Row> rows =
        [
            new("parameters", run => Whole(Summary.Count(run.Model.Parameters))),
            new("epochs", run => Whole(run.History.Epochs.Count)),
            .. comparison.Measures.Select(measure => Measured(measure, run => Comparison.Last(run, measure))),
            .. comparison.Tested.Select(name => Measured($"test_{name}", run => Comparison.Result(run, name))),
        ];
        Table("", rows);

        string[] differing = [.. comparison.Settings.Where(setting => !comparison.IsSame(setting))];
        if (differing.Length > 0) Table("The settings that differ", [.. differing.Select(setting => new Row(setting, run => run.Settings.GetValueOrDefault(setting, "-")))]);
        string[] same = [.. comparison.Settings.Where(comparison.IsSame).Select(setting => $"{setting} {comparison.Runs[0].Settings[setting]}")];
        if (comparison.Runs.Count > 1 && same.Length > 0)
        {
            page.Heading("The same in all");
            page.Sentences(string.Join(", ", same));
        }

        Against();
        if (page.IsLive) Curves();
    }

    private void Against()
    {
        if (comparison.Against.Count == 0) return;
        page.Heading($"{comparison.Best.Name}, the best, against each of the others on the {comparison.Best.Test.Count} test examples");
        page.Table(
        [
            [("", null), ("only the best right", null), ("only the other right", null), ("p (McNemar)", null)],
            .. comparison.Against.Select(pair => ((string, Style?)[])[(pair.Run.Name, null), (Whole(pair.Test.OnlyFirst), null), (Whole(pair.Test.OnlySecond), null), (pair.Test.Text, null)]),
        ],
        left: 1);
    }

    private void Curves()
    {
        int length = comparison.Runs.Max(run => run.History.Epochs.Count);
        if (length < 2) return;
        foreach (string measure in comparison.Measures.Where(measure => measure != "learning_rate"))
        {
            page.Line("");
            page.Draw(new LineChart(measure, [.. comparison.Runs.Select((run, i) => new Series(run.Name, Values(run, measure, length), Colors[i % Colors.Length]))]));
        }
    }

    /// <summary>A value for each epoch of the longest run, NaN where this one had ended or did not measure it.</summary>
    private static double[] Values(ComparedRun run, string measure, int length) =>
        [.. Enumerable.Range(0, length).Select(epoch => epoch < run.History.Epochs.Count ? run.History.Epochs[epoch].Find(measure) ?? double.NaN : double.NaN)];

    /// <summary>Rows of one table, which is cut between runs where it would be wider than a terminal.</summary>
    private void Table(string heading, IReadOnlyList<Row> rows)
    {
        int names = rows.Max(row => row.Name.Length) + Gap;
        List<ComparedRun> shown = [];
        int width = names;
        foreach (ComparedRun run in comparison.Runs)
        {
            int column = Gap + rows.Max(row => Math.Max(run.Name.Length, row.Text(run).Length));
            if (width + column > Width && shown.Count > 0)
            {
                Part(heading, rows, shown);
                (shown, width) = ([], names);
            }

            shown.Add(run);
            width += column;
        }

        Part(heading, rows, shown);
    }

    private void Part(string heading, IReadOnlyList<Row> rows, List<ComparedRun> runs)
    {
        if (heading.Length > 0) page.Heading(heading);
        else if (runs[0] != comparison.Runs[0]) page.Line("");
        List<IReadOnlyList<(string, Style?)>> cells = [[("", null), .. runs.Select(run => (run.Name, (Style?)null))]];
        cells.AddRange(rows.Select(row => ((string, Style?)[])[(row.Name, null), .. runs.Select(run => (row.Text(run), row.IsBest?.Invoke(run) == true ? new Style(Color.Green) : (Style?)null))]));
        page.Table(cells, left: 1);
    }

    private Row Measured(string name, Func<ComparedRun, double?> value)
    {
        double? best = comparison.BestOf(name, value);
        return new Row(name, run => Text(name, value(run)), best is null ? null : run => value(run) == best);
    }

    private static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(string name, double? value) => value is { } number ? number.ToString(name == "learning_rate" ? "0.###e+0" : "0.0000", CultureInfo.InvariantCulture) : "-";

    private sealed record Row(string Name, Func<ComparedRun, string> Text, Func<ComparedRun, bool>? IsBest = null);
}
