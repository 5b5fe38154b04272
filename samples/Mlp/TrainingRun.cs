using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Drawing;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp;

/// <summary>A training from its first checkpoint to its end, saved epoch by epoch. What is told of it is its <see cref="TrainingReporter"/>'s.</summary>
internal sealed class TrainingRun : ICallback
{
    private readonly RunSettings settings;
    private readonly RunFolder folder;
    private readonly Trainer trainer;
    private readonly Terminal terminal;
    private readonly TrainingReporter reporter;
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
        this.terminal = terminal;
        this.interruption = interruption;
        reporter = new TrainingReporter(settings, folder, trainer, json, terminal);
    }

    /// <summary>Refuses what <see cref="Start"/> would, and leaves no trace.</summary>
    public static void Check(RunSettings settings, string path)
    {
        Refuse(new RunFolder(path), force: false);
        settings.Check();
        Model model = Models.Create(settings.Model, settings.Seed, settings.Regularizer);
        NewTrainer(settings, model, Load(settings, model), detectAnomaly: false);
    }

    /// <summary>Trains a new run.</summary>
    /// <returns>The process's status.</returns>
    public static int Start(RunSettings settings, string path, bool force, bool detectAnomaly, bool json, Terminal terminal, Interruption interruption)
    {
        RunFolder folder = new(path);
        Refuse(folder, force);
        settings.Check();
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
        if (settings.Epochs != planned && settings.Optimizer.Schedule is { DependsOnSteps: true } schedule) run.reporter.Stretched(schedule, planned);
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
    public void OnEpochEnd(EpochRecord epoch)
    {
        // Saved first, then told: whoever reads of an epoch can rely on it.
        diverged = !double.IsFinite(epoch["loss"]);
        if (!diverged) Save(folder.Save);
        reporter.Epoch(epoch);
    }

    /// <inheritdoc/>
    public void OnTrainEnd()
    {
        // The best weights have taken the place of those that were saved after the last epoch.
        if (stopping?.IsRestored == true && !diverged) Save(folder.Save);
    }

    /// <summary>Refuses a folder that holds something, before anything is computed.</summary>
    private static void Refuse(RunFolder folder, bool force)
    {
        OutputFolder.Check("--output", folder.Path);
        if (force || !Directory.Exists(folder.Path) || !Directory.EnumerateFileSystemEntries(folder.Path).Any()) return;
        throw new UsageException($"--output: expected a new or empty folder, got {folder.Path}, which holds something. Choose another, or pass --force to overwrite it.");
    }

    private static Parts Load(RunSettings settings, Model model)
    {
        (DataSet train, DataSet test) = settings.Data.Load();
        Models.Fit(model, settings.Model, train, settings.Data.Fitting);
        settings.ClassWeights?.For(train); // for what it refuses
        return Parts.Of(train, test, settings);
    }

    private static Trainer NewTrainer(RunSettings settings, Model model, Parts parts, bool detectAnomaly)
    {
        int batches = settings.StepsPerEpoch ?? new Batches(parts.Train, settings.BatchSize, model.DType) { DropLast = settings.DropLast }.Count;
        if (settings.DropLast && parts.Train.Count < settings.BatchSize) throw new UsageException($"--drop-last: expected at least one whole batch of {settings.BatchSize}, got {parts.Train.Count} training examples.");
        Trainer trainer = new(model, settings.Optimizer.Create(settings.Optimizer.StepsOf(batches, settings.Epochs)), settings.Loss.Loss)
        {
            DetectAnomaly = detectAnomaly,
            Metrics = MetricsChoice.Create(settings.Metrics, parts.Train.Classes),
            LogLearningRate = settings.Log is not null || settings.Optimizer.Schedule is not null,
        };
        settings.EarlyStopping?.Check(trainer, parts.Validation is not null);
        return trainer;
    }

    private int Fit(Parts parts)
    {
        reporter.Begun(parts);
        Doctor doctor = new(trainer, parts.Train, settings.Epochs, settings.BatchSize, reporter.Warning);

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
            reporter.Interrupted();
            return interruption.Status;
        }
        catch (AnomalyException anomaly)
        {
            bar?.Dispose();
            reporter.AnomalyInEpoch(anomaly, batches.Done, batches.Of);
            return ExitStatus.Diverged;
        }

        if (diverged)
        {
            reporter.Diverged(guard.Anomaly);
            return ExitStatus.Diverged;
        }

        if (stopping?.StoppedEpoch > 0) reporter.StoppedEarly(stopping);
        try
        {
            reporter.Result(parts, stopping);
            return ExitStatus.Done;
        }
        catch (AnomalyException anomaly)
        {
            reporter.AnomalyInTest(anomaly);
            return ExitStatus.Diverged;
        }
    }

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
            string left = folder.HasCheckpoint ? $"What was saved before stands; go on from there with: {TrainingReporter.ResumeLine(folder)}" : "There is no checkpoint to go on from.";
            throw new IOException($"{folder.Path}: the run could not be saved: {error.Message.TrimEnd('.')}. {left}", error);
        }
    }
}
