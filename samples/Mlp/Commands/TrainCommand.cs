using System.CommandLine;
using Tapestry.Samples.Mlp.Options;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp train</c>: trains a model, or goes on with a run. Only the options are here; the work is <see cref="TrainingRun"/>'s.</summary>
internal static class TrainCommand
{
    public static Command Create(Terminal terminal, Interruption interruption)
    {
        Option<string> model = CommonOptions.Model();
        TrainingOptions training = new("; with --resume the new total");
        Option<string?> output = new("--output") { Description = "The folder of the run; runs/DATE-MODEL unless told otherwise.", HelpName = "DIR" };
        Option<bool> force = new("--force") { Description = "Overwrite the run that --output holds." };
        Option<string?> resume = new("--resume") { Description = "Go on with this run, with the options that it was started with.", HelpName = "RUN" };
        Option<bool> detectAnomaly = new("--detect-anomaly") { Description = "Stop at the first NaN or infinity, and name the operation, the layer and the operands that made it. Slower; no number changes, and a run does not remember it." };
        Option<int?> threads = Threads.Option();
        Option<bool> json = CommonOptions.Json();

        Command command = new("train", "Train a model, and save it as a run; or go on with a run.") { model };
        foreach (Option option in (Option[])[.. training.All, output, force, resume, detectAnomaly, threads, json]) command.Options.Add(option);
        command.Validators.Add(training.Validate);
        command.Validators.Add(result =>
        {
            if (result.GetResult(resume) is null) return;
            Option? other = ((Option[])[model, .. training.All, output, force]).FirstOrDefault(option => option != training.Epochs && result.GetResult(option) is { Implicit: false });
            if (other is not null) result.AddError($"--resume: expected no other option than --epochs, --detect-anomaly, --threads and --json, got {other.Name}. A run goes on as it was started.");
        });
        command.SetAction((parsed, _) => Task.Run(() => Threads.With(parsed.GetValue(threads), () =>
        {
            (bool asJson, bool detect) = (parsed.GetValue(json), parsed.GetValue(detectAnomaly));
            if (parsed.GetValue(resume) is { } path)
            {
                int? total = parsed.GetResult(training.Epochs) is { Implicit: false } ? parsed.GetValue(training.Epochs) : null;
                return TrainingRun.Resume(path, total, detect, asJson, terminal, interruption);
            }

            RunSettings settings = training.Read(parsed, parsed.GetValue(model)!);
            return TrainingRun.Start(settings, parsed.GetValue(output) ?? OutputFolder.ForRun(Path.GetFileNameWithoutExtension(settings.Model)), parsed.GetValue(force), detect, asJson, terminal, interruption);
        })));
        return command;
    }
}
