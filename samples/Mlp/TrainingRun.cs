using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Drawing;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp;

/// <summary>A training from its first checkpoint to its report, saved epoch by epoch.</summary>
internal sealed class TrainingRun : ICallback
{
    /// <summary>The split must not move with the weights' seed, so that runs of several seeds are validated on the same examples.</summary>
    internal const ulong SplitSeed = 0;

    private readonly RunSettings settings;
    private readonly RunFolder folder;
    private readonly Trainer trainer;
    private readonly bool json;
    private readonly Terminal terminal;
    private readonly Interruption interruption;
    private readonly TerminateOnNaN guard = new();
    private EarlyStopping? stopping;
    private bool diverged;
    private (int Done, int Of) batches;

    private TrainingRun(RunSettings settings, RunFolder folder, Trainer trainer, bool json, Terminal terminal, Interruption interruption)
    {
        this.settings = settings;
        this.folder = folder;
        this.trainer = trainer;
        this.json = json;
        this.terminal = terminal;
        this.interruption = interruption;
    }

    /// <summary>Refuses what <see cref="Start"/> would, and leaves no trace.</summary>
    public static void Check(RunSettings settings, string path)
    {
        Refuse(new RunFolder(path), force: false);
        Model model = Models.Create(settings.Model, settings.Seed, settings.Regularizer);
        NewTrainer(settings, model, Load(settings, model), detectAnomaly: false);
    }

    /// <summary>Trains a new run.</summary>
    /// <returns>The process's status.</returns>
    public static int Start(RunSettings settings, string path, bool force, bool detectAnomaly, bool json, Terminal terminal, Interruption interruption)
    {
        RunFolder folder = new(path);
        Refuse(folder, force);
        Model model = Models.Create(settings.Model, settings.Seed, settings.Regularizer);
        Save(folder, () => folder.Begin(settings.ToOptions()));
        Parts parts;
        Trainer trainer;
        try
        {
            parts = Load(settings, model);
            trainer = NewTrainer(settings, model, parts, detectAnomaly);
        }
        catch
        {
            folder.Withdraw();
            throw;
        }

        TrainingRun run = new(settings, folder, trainer, json, terminal, interruption);
        run.Save(folder.Start);
        return run.Fit(parts);
    }

    /// <summary>Goes on with a run.</summary>
    /// <returns>The process's status.</returns>
    public static int Resume(string path, int? epochs, bool detectAnomaly, bool json, Terminal terminal, Interruption interruption)
    {
        RunFolder folder = new(path);
        if (folder.IsBegun)
        {
            RunSettings begun = RunSettings.FromOptions(folder.BegunOptions());
            terminal.Note($"{path}: ended before its first checkpoint. It starts over.");
            return Start(begun with { Epochs = epochs ?? begun.Epochs }, path, force: true, detectAnomaly, json, terminal, interruption);
        }

        Checkpoint checkpoint = folder.Load(note => terminal.Note($"mlp: {note}"));
        RunSettings settings = RunSettings.FromOptions(checkpoint.Options);
        int planned = settings.Epochs;
        settings = settings with { Epochs = epochs ?? planned };
        int done = checkpoint.History.Epochs.Count;
        if (settings.Epochs < done) throw new UsageException($"--epochs: expected a new total of {done} or more, which the run has had already, got {settings.Epochs}.");
        Parts parts = Load(settings, checkpoint.Model);
        Trainer trainer = NewTrainer(settings, checkpoint.Model, parts, detectAnomaly);
        checkpoint.RestoreTo(trainer);
        TrainingRun run = new(settings, folder, trainer, json, terminal, interruption);
        if (settings.Epochs != planned && settings.Optimizer.Schedule is { DependsOnSteps: true } schedule)
        {
            terminal.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"the schedule {schedule.Text} is stretched from {planned} epochs to {settings.Epochs}: the learning rate goes on at {trainer.Optimizer.LearningRate:0.###e+0}"));
        }

        run.Save((trainer, _) => folder.Derive(trainer));
        return run.Fit(parts);
    }

    /// <inheritdoc/>
    public void OnEpochBegin(int epoch, int batches) => this.batches = (trainer.Batch, batches);

    /// <inheritdoc/>
    public void OnBatchEnd(int batch, IReadOnlyList<KeyValuePair<string, double>> values)
    {
        batches.Done = batch;
        if (settings.CheckpointEvery is { } every && batch % every == 0 && double.IsFinite(values[0].Value)) Save(folder.Save);
    }

    /// <inheritdoc/>
    public void OnTrainEnd()
    {
        // The best weights have come in the place of those that were saved behind the last epoch.
        if (stopping?.IsRestored == true && !diverged) Save(folder.Save);
    }

    /// <inheritdoc/>
    public void OnEpochEnd(EpochRecord epoch)
    {
        // Saved first, then told: who reads of an epoch can rely on it.
        diverged = !double.IsFinite(epoch["loss"]);
        if (!diverged) Save(folder.Save);

        if (json)
        {
            JsonObject line = new() { ["event"] = "epoch", ["epoch"] = epoch.Epoch };
            string[] names = ["loss", .. trainer.Metrics!.Select(metric => metric.Name)];
            foreach (string name in names.Concat(names.Select(name => $"val_{name}"))) line[name] = Terminal.Number(epoch.Find(name));
            if (epoch.Find("learning_rate") is { } rate) line["learning_rate"] = Terminal.Number(rate);
            line["seconds"] = Terminal.Number(epoch.Seconds);
            terminal.Result(line);
        }
        else
        {
            string values = string.Join("  ", epoch.Values.Select(Written));
            terminal.Note(string.Create(CultureInfo.InvariantCulture, $"epoch {epoch.Epoch}/{settings.Epochs}  {values}  {epoch.Seconds:0.0} s"));
        }
    }

    private static string Written(KeyValuePair<string, double> value) => value.Key == "learning_rate"
        ? string.Create(CultureInfo.InvariantCulture, $"{value.Key} {value.Value:0.###e+0}")
        : string.Create(CultureInfo.InvariantCulture, $"{value.Key} {value.Value:0.0000}");

    /// <summary>Refuses a folder that holds something, before anything is computed.</summary>
    private static void Refuse(RunFolder folder, bool force)
    {
        OutputFolder.Check("--output", folder.Path);
        if (force || !Directory.Exists(folder.Path) || !Directory.EnumerateFileSystemEntries(folder.Path).Any()) return;
        throw new UsageException($"--output: expected a new or empty folder, got {folder.Path}, which holds something. Choose another, or pass --force to overwrite it.");
    }

    private static Trainer NewTrainer(RunSettings settings, Model model, Parts parts, bool detectAnomaly)
    {
        int batches = settings.StepsPerEpoch ?? new Batches(parts.Train, settings.BatchSize, model.DType) { DropLast = settings.DropLast }.Count;
        if (settings.DropLast && parts.Train.Count < settings.BatchSize) throw new UsageException($"--drop-last: expected at least one whole batch of {settings.BatchSize}, got {parts.Train.Count} training examples.");
        Trainer trainer = new(model, settings.Optimizer.Create(settings.Optimizer.StepsOf(batches, settings.Epochs)), settings.Loss.Loss)
        {
            DetectAnomaly = detectAnomaly,
            Metrics = MetricsChoice.Create(settings.Metrics, parts.Train.Classes!.Value),
            LogLearningRate = settings.Log is not null || settings.Optimizer.Schedule is not null,
        };
        settings.EarlyStopping?.Check(trainer, parts.Validation is not null);
        return trainer;
    }

    private static Parts Load(RunSettings settings, Model model)
    {
        (DataSet train, DataSet test) = settings.Data.Load();
        Models.Fit(model, settings.Model, train.FeatureShape, train.Classes!.Value);
        settings.ClassWeights?.For(train);
        if (settings.ValidationSplit == 0) return new Parts(train, null, test);
        try
        {
            (train, DataSet validation) = train.SplitEnd(settings.ValidationSplit, SplitSeed);
            return new Parts(train, validation, test);
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new UsageException($"--validation-split: {error.Message}");
        }
    }

    private int Fit(Parts parts)
    {
        string parameters = Summary.Count(trainer.Model.Parameters).ToString("N0", CultureInfo.InvariantCulture);
        string validated = parts.Validation is null ? "" : $", {parts.Validation.Count} validation";
        terminal.Note($"{Path.GetFileNameWithoutExtension(settings.Model)}: {parameters} parameters, {parts.Train.Count} training{validated} and {parts.Test.Count} test examples");
        Doctor doctor = new(trainer, parts.Train, settings.Epochs, settings.BatchSize, warning => terminal.Note($"warning: {warning}"));

        // Before this, which saves: a checkpoint holds the rate of the epoch that comes next.
        ICallback? plateau = settings.Optimizer.Schedule?.Watch(trainer, parts.Validation is null ? "loss" : "val_loss");
        stopping = settings.EarlyStopping?.Create(trainer);
        using EpochBar? bar = terminal.IsErrorLive ? new EpochBar(terminal.Progress, settings.Epochs, settings.BatchSize) : null;
        try
        {
            trainer.Fit(
                parts.Train,
                settings.Epochs - trainer.History.Epochs.Count,
                settings.BatchSize,
                parts.Validation,
                callbacks: [.. new ICallback?[] { guard, bar, plateau, stopping }.OfType<ICallback>(), .. settings.Log?.Create(trainer, folder.Path) ?? [], this, doctor],
                classWeights: settings.ClassWeights?.For(parts.Train),
                stepsPerEpoch: settings.StepsPerEpoch,
                dropLast: settings.DropLast,
                cancellationToken: interruption.Token);
        }
        catch (OperationCanceledException)
        {
            bar?.Dispose();
            Save(folder.Save);
            terminal.Note($"mlp: interrupted in epoch {trainer.History.Epochs.Count + 1} after {trainer.Batch} batches, and saved. Go on with: {ResumeLine}");
            return interruption.Status;
        }
        catch (AnomalyException anomaly)
        {
            bar?.Dispose();
            int epoch = trainer.History.Epochs.Count + 1;
            return Tell(anomaly, $"epoch {epoch}, after {batches.Done} of {batches.Of} batches", $"holds the state before epoch {epoch}");
        }

        if (diverged)
        {
            // Where the weights themselves are none, the operation that made it lies a step back.
            string remedy = guard.Anomaly is { Parameter: null } anomaly ? $"; it came up here: {anomaly.Message.TrimEnd('.')}"
                : trainer.DetectAnomaly ? ""
                : $"; {ResumeLine} --detect-anomaly names the operation that made it";
            terminal.Note($"mlp: the loss is not a number any more; {folder.Path} holds the state before epoch {trainer.History.Epochs.Count}. Try a smaller --learning-rate{remedy}.");
            return ExitStatus.Diverged;
        }

        if (stopping?.StoppedEpoch > 0)
        {
            string kept = stopping.IsRestored ? ", whose weights are kept" : "";
            terminal.Note($"stopped early behind epoch {stopping.StoppedEpoch}: {stopping.Monitor} was best in epoch {stopping.BestEpoch}{kept}");
        }

        try
        {
            Report(parts);
            return ExitStatus.Done;
        }
        catch (AnomalyException anomaly)
        {
            return Tell(anomaly, "test examples", "holds the trained state");
        }
    }

    /// <summary>Tells of a number that is none, in one line and for programs in an object too.</summary>
    /// <returns>The process's status.</returns>
    private int Tell(AnomalyException anomaly, string where, string left)
    {
        if (json)
        {
            terminal.Result(new JsonObject
            {
                ["event"] = "anomaly",
                ["operation"] = anomaly.Operation,
                ["step"] = anomaly.Step,
                ["phase"] = anomaly.Phase switch { AnomalyPhase.Forward => "forward", AnomalyPhase.Backward => "backward", _ => "forward_mode" },
                ["layer"] = anomaly.Scope,
                ["parameter"] = anomaly.Parameter,
                ["index"] = new JsonArray([.. anomaly.Index.Select(i => JsonValue.Create(i))]),
                ["value"] = anomaly.Value.ToString(CultureInfo.InvariantCulture),
                ["message"] = anomaly.Message,
            });
        }

        terminal.Note($"mlp: {where}: {anomaly.Message} {folder.Path} {left}.");
        return ExitStatus.Diverged;
    }

    /// <summary>The command that goes on with this run.</summary>
    private string ResumeLine => LineFor(folder);

    private static string LineFor(RunFolder folder) => $"mlp train --resume {(folder.Path.Any(char.IsWhiteSpace) ? $"'{folder.Path}'" : folder.Path)}";

    /// <summary>Saves in one of the folder's ways; an error says what is left.</summary>
    private void Save(Action<Trainer, IReadOnlyDictionary<string, string>> save) => Save(folder, () => save(trainer, settings.ToOptions()));

    private static void Save(RunFolder folder, Action save)
    {
        try
        {
            save();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string left = folder.HasCheckpoint ? $"What was saved before stands; go on from there with: {LineFor(folder)}" : "There is no checkpoint to go on from.";
            throw new IOException($"{folder.Path}: the run could not be saved: {error.Message.TrimEnd('.')}. {left}", error);
        }
    }

    private long ExamplesOfAnEpoch(int all) => settings.StepsPerEpoch is { } steps ? Math.Min((long)steps * settings.BatchSize, (long)steps * all)
        : settings.DropLast ? all - (all % settings.BatchSize)
        : all;

    private void Report(Parts parts)
    {
        Dictionary<string, double> tested = new(trainer.Evaluate(parts.Test));
        string[] others = [.. trainer.Metrics!.Select(metric => metric.Name).Where(name => name != "accuracy")];
        double seconds = trainer.History.Epochs.Sum(epoch => epoch.Seconds);
        double rate = trainer.History.Epochs.Count(epoch => epoch.Seconds > 0) * (double)ExamplesOfAnEpoch(parts.Train.Count) / seconds;
        if (json)
        {
            JsonObject line = new() { ["event"] = "result", ["test_accuracy"] = Terminal.Number(tested["accuracy"]), ["test_loss"] = Terminal.Number(tested["loss"]) };
            foreach (string name in others) line[$"test_{name}"] = Terminal.Number(tested[name]);
            line["train_seconds"] = Terminal.Number(seconds);
            line["samples_per_second"] = Terminal.Number(rate);
            line["parameters"] = Summary.Count(trainer.Model.Parameters);
            line["seed"] = settings.Seed;
            if (stopping is not null) (line["best_epoch"], line["stopped_epoch"]) = (stopping.BestEpoch, stopping.StoppedEpoch);
            line["run"] = folder.Path;
            terminal.Result(line);
            return;
        }

        if (terminal.IsOutputLive) TrainingReport.Draw(terminal.Drawn, trainer, parts.Test);
        terminal.Result(string.Create(CultureInfo.InvariantCulture, $"test accuracy  {tested["accuracy"]:0.0000}"));
        terminal.Result(string.Create(CultureInfo.InvariantCulture, $"test loss      {tested["loss"]:0.0000}"));
        foreach (string name in others) terminal.Result(string.Create(CultureInfo.InvariantCulture, $"{"test " + name,-13}  {tested[name]:0.0000}"));
        if (seconds > 0) terminal.Result(string.Create(CultureInfo.InvariantCulture, $"trained in     {seconds:0.0} s, {rate:N0} samples/s"));
        terminal.Result($"run            {folder.Path}");
    }

    private sealed record Parts(DataSet Train, DataSet? Validation, DataSet Test);
}
