using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Data;
using Tapestry.Optimizers;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp evaluate RUN</c>: the loss, accuracy and other metrics of a saved run on the test examples.</summary>
internal static class EvaluateCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> run = new("RUN") { Description = "The folder of the run." };
        Option<DataSource?> data = new("--data")
        {
            Description = "What to evaluate on, as for train; what the run was trained with unless told otherwise.",
            HelpName = "synthetic|DIR",
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
        Checkpoint checkpoint = new RunFolder(path).Load(note => terminal.Note($"mlp: {note}"));
        checkpoint.UseAverages();
        DataSource source = data ?? RunSettings.FromOptions(checkpoint.Options).Data;
        (_, DataSet test) = source.Load();
        if (test.FeatureShape != checkpoint.Model.InputShape) throw new UsageException($"--data {source.Text}: expected examples of shape {checkpoint.Model.InputShape}, which the run was trained on, got {test.FeatureShape}.");

        // The optimizer is not used: nothing is trained here.
        Trainer trainer = new(checkpoint.Model, new Sgd(), RunSettings.LossOf(checkpoint.Options).Loss)
        {
            Metrics = MetricsChoice.Create(metrics ?? RunSettings.MetricsOf(checkpoint.Options), test.Classes!.Value),
        };
        Dictionary<string, double> tested = new(trainer.Evaluate(test));
        string[] others = [.. trainer.Metrics!.Select(metric => metric.Name).Where(name => name != "accuracy")];
        if (json)
        {
            JsonObject line = new() { ["event"] = "result", ["test_accuracy"] = Terminal.Number(tested["accuracy"]), ["test_loss"] = Terminal.Number(tested["loss"]) };
            foreach (string name in others) line[$"test_{name}"] = Terminal.Number(tested[name]);
            line["examples"] = test.Count;
            line["data"] = source.Text;
            line["run"] = path;
            terminal.Result(line);
            return ExitStatus.Done;
        }

        terminal.Result(string.Create(CultureInfo.InvariantCulture, $"test accuracy  {tested["accuracy"]:0.0000}"));
        terminal.Result(string.Create(CultureInfo.InvariantCulture, $"test loss      {tested["loss"]:0.0000}"));
        foreach (string name in others) terminal.Result(string.Create(CultureInfo.InvariantCulture, $"{"test " + name,-13}  {tested[name]:0.0000}"));
        terminal.Result(string.Create(CultureInfo.InvariantCulture, $"examples       {test.Count} of {source.Text}"));
        return ExitStatus.Done;
    }
}
