using System.CommandLine;
using System.Text.Json.Nodes;
using Tapestry.Data;
using Tapestry.Samples.Mlp.Compare;
using Tapestry.Samples.Mlp.Compare.Report;
using Tapestry.Samples.Mlp.Options;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp compare</c>: several runs side by side, in the terminal and as a page; or several models, which are trained alike first.</summary>
internal static class CompareCommand
{
    public static Command Create(Terminal terminal, Interruption interruption)
    {
        Argument<string[]> runs = new("RUN") { Description = "The folders of the runs.", Arity = ArgumentArity.ZeroOrMore };
        Option<string[]?> models = CommonOptions.Models();
        TrainingOptions training = new();
        Option<string?> output = new("--output") { Description = "The folder of the runs that are trained; runs/DATE-compare unless told otherwise.", HelpName = "DIR" };
        Option<string?> html = new("--html") { Description = "Write a report too, as one page that needs nothing else: curves, confusion, the worst mistakes, histograms of weights and gradients, settings. The file must not exist yet.", HelpName = "FILE" };
        Option<int?> threads = Threads.Option();
        Option<bool> json = CommonOptions.Json();
        Command command = new("compare", "Compare runs: what they reached, their curves, where their settings differ; or train several models alike, and compare those.") { runs, html, models };
        foreach (Option option in (Option[])[.. training.All, output, threads, json]) command.Options.Add(option);
        command.Validators.Add(training.Validate);
        command.Validators.Add(result =>
        {
            bool hasRuns = result.GetResult(runs) is { Tokens.Count: > 0 }, hasModels = result.GetResult(models) is not null;
            if (hasRuns == hasModels) result.AddError($"compare: expected the folders of runs, or --models to train some, got {(hasRuns ? "both" : "neither")}.");
            Option? idle = hasModels ? null : ((Option[])[.. training.All, output]).FirstOrDefault(option => result.GetResult(option) is { Implicit: false });
            if (hasRuns && idle is not null) result.AddError($"{idle.Name}: expected --models with it, as runs are compared as they are, got {runs.Name}s.");
        });
        command.SetAction((parsed, _) => Task.Run(() => Threads.With(parsed.GetValue(threads), () =>
        {
            if (parsed.GetValue(html) is { } page) OutputFile.Check(html.Name, page);
            (int status, IReadOnlyList<string> paths) = parsed.GetResult(models) is not null
                ? Train([.. parsed.GetValue(models)!.Select(name => training.Read(parsed, name))], parsed.GetValue(output) ?? OutputFolder.ForRun("compare"), terminal, interruption)
                : (ExitStatus.Done, parsed.GetValue(runs)!);
            if (status is not (ExitStatus.Done or ExitStatus.Diverged)) return status;
            Show(Comparison.Of(paths, note => terminal.Note($"mlp: {note}")), parsed.GetValue(html), parsed.GetValue(json), terminal);
            return status;
        })));
        return command;
    }

    /// <summary>Trains a run for each of some settings, which differ in the model.</summary>
    /// <returns>The status, that of a divergence where there was one, and the runs' folders.</returns>
    private static (int Status, IReadOnlyList<string> Paths) Train(IReadOnlyList<RunSettings> all, string folder, Terminal terminal, Interruption interruption)
    {
        string[] paths = [.. all.Select(settings => Path.Combine(folder, Path.GetFileNameWithoutExtension(settings.Model)))];
        if (paths.GroupBy(path => path).FirstOrDefault(group => group.Count() > 1) is { } twice) throw new UsageException($"--models: expected models of different names, got {Path.GetFileName(twice.Key)} twice.");

        // All of them before the first is trained: the last may not fit the data.
        foreach ((RunSettings settings, string path) in all.Zip(paths)) TrainingRun.Check(settings, path);
        int status = ExitStatus.Done;
        foreach ((RunSettings settings, string path) in all.Zip(paths))
        {
            int ended = TrainingRun.Start(settings, path, force: false, detectAnomaly: false, json: false, terminal.WithoutResults(), interruption);
            if (ended is not (ExitStatus.Done or ExitStatus.Diverged)) return (ended, paths);
            status = Math.Max(status, ended);
        }

        return (status, paths);
    }

    private static void Show(Comparison comparison, string? html, bool json, Terminal terminal)
    {
        if (html is not null) AtomicFile.Write(html, stream => ReportPage.Write(comparison, stream));
        if (!json)
        {
            ComparisonText.Show(comparison, terminal);
        }
        else
        {
            foreach (JsonObject line in ComparisonJson.Of(comparison)) terminal.Result(line);
        }

        if (html is not null) terminal.Note($"the report is {html}");
    }
}
