using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Data;
using Tapestry.Samples.Mlp.Options;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp evaluate RUN</c>: the loss and the metrics of a saved run on the test examples.</summary>
internal static class EvaluateCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> run = new("RUN") { Description = "The folder of the run." };
        Option<DataSource?> data = new("--data")
        {
            Description = "What to evaluate on, as for train; what the run was trained with unless told otherwise.",
            HelpName = CommonOptions.DataNames,
            CustomParser = result => CommonOptions.Parse(result, DataSource.Parse),
        };
        Option<MetricsChoice?> metrics = CommonOptions.Metrics();
        metrics.Description += " The run's own unless told otherwise.";
        Option<int?> threads = Threads.Option();
        Option<bool> json = CommonOptions.Json();
        Command command = new("evaluate", "Evaluate a saved run on the test examples.") { run, data, metrics, threads, json };
        command.SetAction((parsed, _) => Task.Run(() => Threads.With(parsed.GetValue(threads), () => Run(parsed.GetValue(run)!, parsed.GetValue(data), parsed.GetValue(metrics), parsed.GetValue(json), terminal))));
        return command;
    }

    private static int Run(string path, DataSource? data, MetricsChoice? metrics, bool json, Terminal terminal)
    {
        SavedRun run = SavedRun.Load(path, terminal);
        DataSource source = data ?? run.Settings.Data;
        metrics?.Check(source);
        (_, DataSet test) = source.Load();
        SavedRun.Check($"--data {source.Text}", run.Model, test);
        Tested tested = Tested.By(run.Evaluator(test.Classes, metrics), test);
        if (json)
        {
            JsonObject line = new() { ["event"] = "result" };
            tested.AddTo(line);
            line["examples"] = test.Count;
            line["data"] = source.Text;
            line["run"] = path;
            terminal.Result(line);
            return ExitStatus.Done;
        }

        terminal.Results([.. tested.Lines, ("examples", string.Create(CultureInfo.InvariantCulture, $"{test.Count} of {source.Text}"))]);
        return ExitStatus.Done;
    }
}
