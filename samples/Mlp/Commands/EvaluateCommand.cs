using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Data;
using Tapestry.Optimizers;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp evaluate RUN</c>: the loss and accuracy of a saved run on the test examples.</summary>
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
        Option<int?> threads = Threads.Option();
        Option<bool> json = CommonOptions.Json();
        Command command = new("evaluate", "Evaluate a saved run on the test examples.") { run, data, threads, json };
        command.SetAction((parsed, _) => Task.Run(() => Threads.With(parsed.GetValue(threads), () => Run(parsed.GetValue(run)!, parsed.GetValue(data), parsed.GetValue(json), terminal))));
        return command;
    }

    private static int Run(string path, DataSource? data, bool json, Terminal terminal)
    {
        Checkpoint checkpoint = new RunFolder(path).Load(note => terminal.Note($"mlp: {note}"));
        checkpoint.UseAverages();
        DataSource source = data ?? RunSettings.FromOptions(checkpoint.Options).Data;
        (_, DataSet test) = source.Load();
        if (test.FeatureShape != checkpoint.Model.InputShape) throw new UsageException($"--data {source.Text}: expected examples of shape {checkpoint.Model.InputShape}, which the run was trained on, got {test.FeatureShape}.");

        // The optimizer is not used: nothing is trained here.
        Trainer trainer = new(checkpoint.Model, new Sgd(), Losses.SparseCategoricalCrossentropy);
        Dictionary<string, double> tested = new(trainer.Evaluate(test));
        if (json)
        {
            terminal.Result(new JsonObject
            {
                ["event"] = "result",
                ["test_accuracy"] = Terminal.Number(tested["accuracy"]),
                ["test_loss"] = Terminal.Number(tested["loss"]),
                ["examples"] = test.Count,
                ["data"] = source.Text,
                ["run"] = path,
            });
            return ExitStatus.Done;
        }

        terminal.Result(string.Create(CultureInfo.InvariantCulture, $"test accuracy  {tested["accuracy"]:0.0000}"));
        terminal.Result(string.Create(CultureInfo.InvariantCulture, $"test loss      {tested["loss"]:0.0000}"));
        terminal.Result(string.Create(CultureInfo.InvariantCulture, $"examples       {test.Count} of {source.Text}"));
        return ExitStatus.Done;
    }
}
