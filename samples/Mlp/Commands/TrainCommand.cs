using System.CommandLine;
using System.Globalization;
using Tapestry.Samples.Mlp.Options;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp train</c>: trains a model, or goes on with a run. Only the options are here; the work is <see cref="TrainingRun"/>'s.</summary>
internal static class TrainCommand
{
    private const int DefaultEpochs = 5;

    public static Command Create(Terminal terminal, Interruption interruption)
    {
        Option<string> model = CommonOptions.Model();
        Option<DataSource> data = CommonOptions.Data();
        Option<int> epochs = Numbers.Whole("--epochs", "How often to go through the training examples; with --resume the new total.", DefaultEpochs, smallest: 1);
        Option<int> batchSize = Numbers.Whole("--batch-size", "How many examples make a step.", 32, smallest: 1);
        OptimizerOptions optimizer = OptimizerOptions.Create();
        Option<LossChoice> loss = new("--loss")
        {
            Description = $"name[:key=value,...]; the names, by Keras: {string.Join(", ", LossChoice.Names)}.",
            HelpName = "NAME",
            DefaultValueFactory = _ => LossChoice.Default,
            CustomParser = result => CommonOptions.Parse(result, LossChoice.Parse),
        };
        loss.CompletionSources.Add([.. LossChoice.Names]);
        Option<MetricsChoice?> metrics = CommonOptions.Metrics();
        Option<ClassWeightsChoice?> classWeights = new("--class-weights")
        {
            Description = "What the examples of a class count in the loss: balanced, the rarer the more, or CLASS=WEIGHT,...; 1 for what is not named.",
            HelpName = "balanced|CLASS=WEIGHT,...",
            CustomParser = result => CommonOptions.Parse(result, ClassWeightsChoice.Parse),
        };
        Option<ulong> seed = Numbers.Seed("--seed", "What weights, shuffles and dropout are drawn from.", 1);
        Option<double> validationSplit = Numbers.Real("--validation-split", "The share of the training examples that is held out and evaluated after each epoch; 0 for none.", "X", 0.1, "a fraction from 0 up to, not including, 1", value => value is >= 0 and < 1);
        Option<int?> checkpointEvery = Numbers.Whole<int?>("--checkpoint-every", "Save after every N batches too, within the epoch; a run that is killed goes on from there.", null, smallest: 1);
        Option<int?> stepsPerEpoch = Numbers.Whole<int?>("--steps-per-epoch", "How many batches make an epoch, instead of one pass over the examples; each goes on where the one before ended.", null, smallest: 1);
        Option<bool> dropLast = new("--drop-last") { Description = "Leave a short last batch of a pass out." };
        Option<EarlyStoppingChoice?> earlyStopping = EarlyStoppingChoice.Option();
        Option<LogChoice?> log = LogChoice.Option();
        Option<string?> output = new("--output") { Description = "The folder of the run; runs/DATE-MODEL unless told otherwise.", HelpName = "DIR" };
        Option<bool> force = new("--force") { Description = "Overwrite the run that --output holds." };
        Option<string?> resume = new("--resume") { Description = "Go on with this run, with the options that it was started with.", HelpName = "RUN" };
        Option<bool> detectAnomaly = new("--detect-anomaly") { Description = "Stop at the first NaN or infinity, and name the operation, the layer and the operands that made it. Slower; no number changes, and a run does not remember it." };
        Option<int?> threads = Threads.Option();
        Option<bool> json = CommonOptions.Json();

        Command command = new("train", "Train a model, and save it as a run; or go on with a run.") { model, data, epochs, batchSize };
        Option[] others = [.. optimizer.All, loss, metrics, classWeights, seed, validationSplit, stepsPerEpoch, dropLast, earlyStopping, log, checkpointEvery, output, force];
        foreach (Option option in (Option[])[.. others, resume, detectAnomaly, threads, json]) command.Options.Add(option);
        command.Validators.Add(optimizer.Validate);
        command.Validators.Add(result =>
        {
            if (result.GetResult(resume) is null) return;
            Option? other = ((Option[])[model, data, batchSize, .. others]).FirstOrDefault(option => result.GetResult(option) is { Implicit: false });
            if (other is not null) result.AddError($"--resume: expected no other option than --epochs, --detect-anomaly, --threads and --json, got {other.Name}. A run goes on as it was started.");
        });
        command.SetAction((parsed, _) => Task.Run(() => Threads.With(parsed.GetValue(threads), () =>
        {
            (bool asJson, bool detect) = (parsed.GetValue(json), parsed.GetValue(detectAnomaly));
            if (parsed.GetValue(resume) is { } path)
            {
                int? total = parsed.GetResult(epochs) is { Implicit: false } ? parsed.GetValue(epochs) : null;
                return TrainingRun.Resume(path, total, detect, asJson, terminal, interruption);
            }

            string name = Path.GetFileNameWithoutExtension(parsed.GetValue(model)!);
            return TrainingRun.Start(
                new RunSettings(
                    parsed.GetValue(model)!, parsed.GetValue(data)!, parsed.GetValue(epochs), parsed.GetValue(batchSize), optimizer.Read(parsed),
                    parsed.GetValue(seed), parsed.GetValue(validationSplit))
                {
                    Loss = parsed.GetValue(loss)!,
                    Metrics = parsed.GetValue(metrics),
                    ClassWeights = parsed.GetValue(classWeights),
                    StepsPerEpoch = parsed.GetValue(stepsPerEpoch),
                    DropLast = parsed.GetValue(dropLast),
                    EarlyStopping = parsed.GetResult(earlyStopping) is { Implicit: false } ? parsed.GetValue(earlyStopping) ?? EarlyStoppingChoice.Of(parsed.GetValue(validationSplit) > 0) : null,
                    Log = parsed.GetValue(log),
                    CheckpointEvery = parsed.GetValue(checkpointEvery),
                },
                parsed.GetValue(output) ?? Path.Combine("runs", string.Create(CultureInfo.InvariantCulture, $"{DateTime.Now:yyyyMMdd-HHmmss}-{name}")),
                parsed.GetValue(force),
                detect,
                asJson,
                terminal,
                interruption);
        })));
        return command;
    }
}
