using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Drawing;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp;

/// <summary>Tells of a training, from its beginning to its result: lines for people, an object a line for programs, and drawings where a person looks on.</summary>
internal sealed class TrainingReporter(RunSettings settings, RunFolder folder, Trainer trainer, bool json, Terminal terminal)
{
    /// <summary>The command that goes on with a run.</summary>
    public static string ResumeLine(RunFolder folder) => $"mlp train --resume {(folder.Path.Any(char.IsWhiteSpace) ? $"'{folder.Path}'" : folder.Path)}";

    /// <summary>What is trained, and on how many examples.</summary>
    public void Begun(Parts parts)
    {
        string parameters = Summary.Count(trainer.Model.Parameters).ToString("N0", CultureInfo.InvariantCulture);
        string validated = parts.Validation is null ? "" : $", {parts.Validation.Count} validation";
        terminal.Note($"{Path.GetFileNameWithoutExtension(settings.Model)}: {parameters} parameters, {parts.Train.Count} training{validated} and {parts.Test.Count} test examples");
    }

    /// <summary>A schedule that now goes over another number of epochs than was planned.</summary>
    public void Stretched(ScheduleChoice schedule, int planned) => terminal.Note(string.Create(
        CultureInfo.InvariantCulture,
        $"the schedule {schedule.Text} is stretched from {planned} epochs to {settings.Epochs}: the learning rate goes on at {trainer.Optimizer.LearningRate:0.###e+0}"));

    /// <summary>What looks wrong, but stops nothing.</summary>
    public void Warning(string warning) => terminal.Note($"warning: {warning}");

    /// <summary>An epoch that has ended.</summary>
    public void Epoch(EpochRecord epoch)
    {
        if (!json)
        {
            string values = string.Join("  ", epoch.Values.Select(Written));
            terminal.Note(string.Create(CultureInfo.InvariantCulture, $"epoch {epoch.Epoch}/{settings.Epochs}  {values}  {epoch.Seconds:0.0} s"));
            return;
        }

        JsonObject line = new() { ["event"] = "epoch", ["epoch"] = epoch.Epoch };
        string[] names = ["loss", .. trainer.Metrics!.Select(metric => metric.Name)];
        foreach (string name in names.Concat(names.Select(name => $"val_{name}"))) line[name] = Terminal.Number(epoch.Find(name));
        if (epoch.Find("learning_rate") is { } rate) line["learning_rate"] = Terminal.Number(rate);
        line["seconds"] = Terminal.Number(epoch.Seconds);
        terminal.Result(line);
    }

    /// <summary>A training that was interrupted, and saved.</summary>
    public void Interrupted() =>
        terminal.Note($"mlp: interrupted in epoch {trainer.History.Epochs.Count + 1} after {trainer.Batch} batches, and saved. Go on with: {ResumeLine(folder)}");

    /// <summary>A NaN or an infinity while an epoch is trained.</summary>
    public void AnomalyInEpoch(AnomalyException anomaly, int done, int of)
    {
        int epoch = trainer.History.Epochs.Count + 1;
        Anomaly(anomaly, $"epoch {epoch}, after {done} of {of} batches", $"holds the state before epoch {epoch}");
    }

    /// <summary>A NaN or an infinity while the trained model is tested.</summary>
    public void AnomalyInTest(AnomalyException anomaly) => Anomaly(anomaly, "test examples", "holds the trained state");

    /// <summary>A loss that is no number any more.</summary>
    /// <param name="anomaly">Where it came up, as far as that is known.</param>
    public void Diverged(AnomalyException? anomaly)
    {
        // Where a weight itself is NaN or infinite, the operation that made it lies a step back.
        string remedy = anomaly is { Parameter: null } ? $"; it came up here: {anomaly.Message.TrimEnd('.')}"
            : trainer.DetectAnomaly ? ""
            : $"; {ResumeLine(folder)} --detect-anomaly names the operation that made it";
        terminal.Note($"mlp: the loss is not a number any more; {folder.Path} holds the state before epoch {trainer.History.Epochs.Count}. Try a smaller --learning-rate{remedy}.");
    }

    /// <summary>A training that ended before its last epoch.</summary>
    public void StoppedEarly(EarlyStopping stopping)
    {
        string kept = stopping.IsRestored ? ", whose weights are kept" : "";
        terminal.Note($"stopped early behind epoch {stopping.StoppedEpoch}: {stopping.Monitor} was best in epoch {stopping.BestEpoch}{kept}");
    }

    /// <summary>What the trained model reaches on the test examples.</summary>
    /// <exception cref="AnomalyException">A number is NaN or infinite, and the trainer looks for such.</exception>
    public void Result(Parts parts, EarlyStopping? stopping)
    {
        Tested tested = Tested.By(trainer, parts.Test);
        double seconds = trainer.History.Epochs.Sum(epoch => epoch.Seconds);
        double rate = trainer.History.Epochs.Count(epoch => epoch.Seconds > 0) * (double)ExamplesOfAnEpoch(parts.Train.Count) / seconds;
        if (json)
        {
            JsonObject line = new() { ["event"] = "result" };
            tested.AddTo(line);
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
        (string, string)[] trained = seconds > 0 ? [("trained in", string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s, {rate:N0} samples/s"))] : [];
        terminal.Results([.. tested.Lines, .. trained, ("run", folder.Path)]);
    }

    private static string Written(KeyValuePair<string, double> value) => value.Key == "learning_rate"
        ? string.Create(CultureInfo.InvariantCulture, $"{value.Key} {value.Value:0.###e+0}")
        : string.Create(CultureInfo.InvariantCulture, $"{value.Key} {value.Value:0.0000}");

    /// <summary>Tells of a NaN or an infinity in one line, and for programs in an object too.</summary>
    private void Anomaly(AnomalyException anomaly, string where, string left)
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
    }

    private long ExamplesOfAnEpoch(int all) => settings.StepsPerEpoch is { } steps ? Math.Min((long)steps * settings.BatchSize, (long)steps * all)
        : settings.DropLast ? all - (all % settings.BatchSize)
        : all;
}
