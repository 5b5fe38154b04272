using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp train</c>: trains a model, and saves the run epoch by epoch.</summary>
internal static class TrainCommand
{
    /// <summary>The split must not move with the weights' seed, so that runs of several seeds are validated on the same examples.</summary>
    private const ulong SplitSeed = 0;

    private sealed record Settings(
        string ModelName, DataSource Data, int Epochs, int BatchSize, OptimizerChoice Optimizer, double? LearningRate, ulong Seed, double ValidationSplit, string? Output, bool Force, bool Json);

    public static Command Create(Terminal terminal)
    {
        Option<string> model = CommonOptions.Model();
        Option<DataSource> data = CommonOptions.Data();
        Option<int> epochs = Numbers.Whole("--epochs", "How often to go through the training examples.", 5, smallest: 1);
        Option<int> batchSize = Numbers.Whole("--batch-size", "How many examples make a step.", 32, smallest: 1);
        Option<OptimizerChoice> optimizer = new("--optimizer")
        {
            Description = $"name[:key=value,...]; the names, with their learning rates: {OptimizerChoice.Names}.",
            HelpName = "NAME",
            DefaultValueFactory = _ => OptimizerChoice.Default,
            CustomParser = result => CommonOptions.Parse(result, OptimizerChoice.Parse),
        };
        Option<double?> learningRate = Numbers.Real<double?>("--learning-rate", "The size of a step, instead of the optimizer's own.", "X", null, "a number above 0", value => value is > 0 and < double.PositiveInfinity);
        Option<ulong> seed = Numbers.Seed("--seed", "What weights, shuffles and dropout are drawn from.", 1);
        Option<double> validationSplit = Numbers.Real("--validation-split", "The share of the training examples that is held out and evaluated after each epoch; 0 for none.", "X", 0.1, "a fraction from 0 up to, not including, 1", value => value is >= 0 and < 1);
        Option<string?> output = new("--output") { Description = "The folder of the run; runs/DATE-MODEL unless told otherwise.", HelpName = "DIR" };
        Option<bool> force = new("--force") { Description = "Overwrite the run that --output holds." };
        Option<bool> json = CommonOptions.Json();

        Command command = new("train", "Train a model, and save it as a run.") { model, data, epochs, batchSize, optimizer, learningRate, seed, validationSplit, output, force, json };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => Run(
            new Settings(
                parsed.GetValue(model)!, parsed.GetValue(data)!, parsed.GetValue(epochs), parsed.GetValue(batchSize), parsed.GetValue(optimizer)!, parsed.GetValue(learningRate),
                parsed.GetValue(seed), parsed.GetValue(validationSplit), parsed.GetValue(output), parsed.GetValue(force), parsed.GetValue(json)),
            terminal,
            cancellationToken)));
        return command;
    }

    private static int Run(Settings settings, Terminal terminal, CancellationToken cancellationToken)
    {
        Sequential model = Models.Create(settings.ModelName, settings.Seed);
        Trainer trainer = new(model, settings.Optimizer.Create(settings.LearningRate), Losses.SparseCategoricalCrossentropy);
        RunFolder run = new(settings.Output ?? Path.Combine("runs", string.Create(CultureInfo.InvariantCulture, $"{DateTime.Now:yyyyMMdd-HHmmss}-{settings.ModelName}")));
        (DataSet train, DataSet test) = settings.Data.Load();
        Models.Fit(model, settings.ModelName, train.FeatureShape, train.Classes!.Value);
        DataSet? validation = null;
        if (settings.ValidationSplit > 0) (train, validation) = Split(train, settings.ValidationSplit);

        Prepare(run, settings.Force);
        Dictionary<string, string> options = Options(settings, trainer);
        terminal.Note($"{settings.ModelName}: {Summary.Count(model.Parameters).ToString("N0", CultureInfo.InvariantCulture)} parameters, {train.Count} training{(validation is null ? "" : $", {validation.Count} validation")} and {test.Count} test examples");
        run.Save(trainer, options);
        Progress progress = new(trainer, run, options, settings.Epochs, settings.Json, terminal);
        try
        {
            trainer.Fit(train, settings.Epochs, settings.BatchSize, validation, callbacks: [progress], cancellationToken: cancellationToken);
        }
        catch (OperationCanceledException)
        {
            terminal.Note($"mlp: interrupted; {run.Path} holds the state after {trainer.History.Epochs.Count} of {settings.Epochs} epochs");
            return ExitStatus.Interrupted;
        }

        if (progress.Diverged)
        {
            terminal.Note($"mlp: the loss is not a number any more; {run.Path} holds the state of the epoch before. Try a smaller --learning-rate.");
            return ExitStatus.Diverged;
        }

        Report(settings, trainer, test, run, train.Count, terminal);
        return ExitStatus.Done;
    }

    private static (DataSet Train, DataSet Validation) Split(DataSet data, double fraction)
    {
        try
        {
            return data.SplitEnd(fraction, SplitSeed);
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new UsageException($"--validation-split: {error.Message}");
        }
    }

    /// <summary>Refuses a folder that holds something, or clears an old run out of it.</summary>
    private static void Prepare(RunFolder run, bool force)
    {
        if (File.Exists(run.Path)) throw new UsageException($"--output: expected a folder, got the file {run.Path}.");
        if (!Directory.Exists(run.Path) || !Directory.EnumerateFileSystemEntries(run.Path).Any()) return;
        if (!force) throw new UsageException($"--output: expected a new or empty folder, got {run.Path}, which holds something. Choose another, or pass --force to overwrite it.");
        run.Clear();
    }

    private static Dictionary<string, string> Options(Settings settings, Trainer trainer) => new()
    {
        ["model"] = settings.ModelName,
        ["data"] = settings.Data.Text,
        ["epochs"] = settings.Epochs.ToString(CultureInfo.InvariantCulture),
        ["batch_size"] = settings.BatchSize.ToString(CultureInfo.InvariantCulture),
        ["optimizer"] = settings.Optimizer.Text,
        ["learning_rate"] = trainer.Optimizer.LearningRate.ToString("R", CultureInfo.InvariantCulture),
        ["seed"] = settings.Seed.ToString(CultureInfo.InvariantCulture),
        ["validation_split"] = settings.ValidationSplit.ToString("R", CultureInfo.InvariantCulture),
    };

    private static void Report(Settings settings, Trainer trainer, DataSet test, RunFolder run, int trainCount, Terminal terminal)
    {
        Dictionary<string, double> tested = new(trainer.Evaluate(test));
        double seconds = trainer.History.Epochs.Sum(epoch => epoch.Seconds);
        double rate = (double)trainCount * trainer.History.Epochs.Count / seconds;
        long parameters = Summary.Count(trainer.Model.Parameters);
        if (settings.Json)
        {
            terminal.Result(new JsonObject
            {
                ["event"] = "result",
                ["test_accuracy"] = Terminal.Number(tested["accuracy"]),
                ["test_loss"] = Terminal.Number(tested["loss"]),
                ["train_seconds"] = Terminal.Number(seconds),
                ["samples_per_second"] = Terminal.Number(rate),
                ["parameters"] = parameters,
                ["seed"] = settings.Seed,
                ["run"] = run.Path,
            });
            return;
        }

        terminal.Result(string.Create(CultureInfo.InvariantCulture, $"test accuracy  {tested["accuracy"]:0.0000}"));
        terminal.Result(string.Create(CultureInfo.InvariantCulture, $"test loss      {tested["loss"]:0.0000}"));
        terminal.Result(string.Create(CultureInfo.InvariantCulture, $"trained in     {seconds:0.0} s, {rate:N0} samples/s"));
        terminal.Result($"run            {run.Path}");
    }

    /// <summary>Prints each epoch, saves it, and stops where the loss is no number any more, keeping the last good state.</summary>
    private sealed class Progress(Trainer trainer, RunFolder run, IReadOnlyDictionary<string, string> options, int epochs, bool json, Terminal terminal) : ICallback
    {
        public bool Diverged { get; private set; }

        public void OnEpochEnd(EpochRecord epoch)
        {
            if (json)
            {
                terminal.Result(new JsonObject
                {
                    ["event"] = "epoch",
                    ["epoch"] = epoch.Epoch,
                    ["loss"] = Terminal.Number(epoch["loss"]),
                    ["accuracy"] = Terminal.Number(epoch["accuracy"]),
                    ["val_loss"] = Terminal.Number(epoch.Find("val_loss")),
                    ["val_accuracy"] = Terminal.Number(epoch.Find("val_accuracy")),
                    ["seconds"] = Terminal.Number(epoch.Seconds),
                });
            }
            else
            {
                string values = string.Join("  ", epoch.Values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Key} {value.Value:0.0000}")));
                terminal.Note(string.Create(CultureInfo.InvariantCulture, $"epoch {epoch.Epoch}/{epochs}  {values}  {epoch.Seconds:0.0} s"));
            }

            Diverged = !double.IsFinite(epoch["loss"]);
            if (Diverged) trainer.Stop();
            else run.Save(trainer, options);
        }
    }
}
