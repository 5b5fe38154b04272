using System.CommandLine;
using System.CommandLine.Parsing;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>The options that say how a model is trained, whatever the model is, for the commands that train whole runs.</summary>
internal sealed class TrainingOptions
{
    private const int DefaultEpochs = 5;

    private readonly Option<DataSource> data = CommonOptions.Data();
    private readonly Option<int> batchSize = Numbers.Whole("--batch-size", "How many examples make a step.", 32, smallest: 1);
    private readonly OptimizerOptions optimizer = OptimizerOptions.Create();

    private readonly Option<LossChoice?> loss = new("--loss")
    {
        Description = $"name[:key=value,...]; {LossChoice.Defaults} unless told otherwise. The names, by Keras: {string.Join(", ", LossChoice.Names)}.",
        HelpName = "NAME",
        CustomParser = result => CommonOptions.Parse(result, LossChoice.Parse),
    };

    private readonly Option<RegularizerChoice?> regularizer = RegularizerChoice.Option();
    private readonly Option<MetricsChoice?> metrics = CommonOptions.Metrics();

    private readonly Option<ClassWeightsChoice?> classWeights = new("--class-weights")
    {
        Description = "What the examples of a class count in the loss: balanced, the rarer the more, or CLASS=WEIGHT,...; 1 for what is not named.",
        HelpName = "balanced|CLASS=WEIGHT,...",
        CustomParser = result => CommonOptions.Parse(result, ClassWeightsChoice.Parse),
    };

    private readonly Option<ulong> seed = Numbers.Seed("--seed", "What weights, shuffles and dropout are drawn from.", 1);
    private readonly Option<double> validationSplit = Numbers.Real("--validation-split", "The share of the training examples that is held out and evaluated after each epoch; 0 for none. Nothing is held out of xor's four unless it is given.", "X", DataSource.DefaultValidationSplit, "a fraction from 0 up to, not including, 1", value => value is >= 0 and < 1);
    private readonly Option<int?> stepsPerEpoch = Numbers.Whole<int?>("--steps-per-epoch", "How many batches make an epoch, instead of one pass over the examples; each goes on where the one before ended.", null, smallest: 1);
    private readonly Option<bool> dropLast = new("--drop-last") { Description = "Leave a short last batch of a pass out." };
    private readonly Option<EarlyStoppingChoice?> earlyStopping = EarlyStoppingChoice.Option();
    private readonly Option<LogChoice?> log = LogChoice.Option();
    private readonly Option<int?> checkpointEvery = Numbers.Whole<int?>("--checkpoint-every", "Save after every N batches too, within the epoch; a run that is killed goes on from there.", null, smallest: 1);

    /// <param name="more">What else the number of epochs means to the command.</param>
    public TrainingOptions(string more = "")
    {
        Epochs = Numbers.Whole("--epochs", $"How often to go through the training examples{more}.", DefaultEpochs, smallest: 1);
        loss.CompletionSources.Add([.. LossChoice.Names]);
    }

    /// <summary>How many epochs.</summary>
    public Option<int> Epochs { get; }

    /// <summary>All of them, in the order of help.</summary>
    public IReadOnlyList<Option> All => [data, Epochs, batchSize, .. optimizer.All, loss, regularizer, metrics, classWeights, seed, validationSplit, stepsPerEpoch, dropLast, earlyStopping, log, checkpointEvery];

    /// <summary>Refuses options that cannot all be meant.</summary>
    public void Validate(CommandResult result) => optimizer.Validate(result);

    /// <summary>What a run of a model is told.</summary>
    /// <exception cref="UsageException">Something was said twice.</exception>
    public RunSettings Read(ParseResult parsed, string model)
    {
        DataSource source = parsed.GetValue(data)!;
        double split = parsed.GetResult(validationSplit) is { Implicit: false } ? parsed.GetValue(validationSplit) : source.ValidationSplit;
        return new RunSettings(model, source, parsed.GetValue(Epochs), parsed.GetValue(batchSize), optimizer.Read(parsed), parsed.GetValue(seed), split)
        {
            Loss = parsed.GetValue(loss) ?? LossChoice.Default(source.HasClasses),
            Regularizer = parsed.GetValue(regularizer),
            Metrics = parsed.GetValue(metrics),
            ClassWeights = parsed.GetValue(classWeights),
            StepsPerEpoch = parsed.GetValue(stepsPerEpoch),
            DropLast = parsed.GetValue(dropLast),
            EarlyStopping = parsed.GetResult(earlyStopping) is { Implicit: false } ? parsed.GetValue(earlyStopping) ?? EarlyStoppingChoice.Of(split > 0) : null,
            Log = parsed.GetValue(log),
            CheckpointEvery = parsed.GetValue(checkpointEvery),
        };
    }
}
