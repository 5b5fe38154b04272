using System.Globalization;
using System.Numerics;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>What a run is told: from the command line for a new one, from its checkpoint for one that goes on.</summary>
internal sealed record RunSettings(string Model, DataSource Data, int Epochs, int BatchSize, OptimizerSettings Optimizer, ulong Seed, double ValidationSplit)
{
    /// <summary>What is to become small.</summary>
    public LossChoice Loss { get; init; } = LossChoice.Default(Data.HasClasses);

    /// <summary>What kernels add to the loss; null for nothing. A checkpoint's model has it already.</summary>
    public RegularizerChoice? Regularizer { get; init; }

    /// <summary>What is measured beside what is measured anyway; null for nothing.</summary>
    public MetricsChoice? Metrics { get; init; }

    /// <summary>What the classes count in the loss; null where all count alike.</summary>
    public ClassWeightsChoice? ClassWeights { get; init; }

    /// <summary>After how many batches of an epoch it is saved, over and over; null for at the end of epochs alone.</summary>
    public int? CheckpointEvery { get; init; }

    /// <summary>How many batches make an epoch; null for one pass over the examples.</summary>
    public int? StepsPerEpoch { get; init; }

    /// <summary>Whether a short last batch is left out.</summary>
    public bool DropLast { get; init; }

    /// <summary>When the training ends before its last epoch; null for never.</summary>
    public EarlyStoppingChoice? EarlyStopping { get; init; }

    /// <summary>What is logged beside the run's own files; null for nothing.</summary>
    public LogChoice? Log { get; init; }

    /// <summary>Refuses what does not go with the data's kind of targets, before anything is read or made.</summary>
    /// <exception cref="UsageException">Something does not.</exception>
    public void Check()
    {
        Loss.Check(Data);
        Metrics?.Check(Data);
        if (ClassWeights is not null) ClassWeightsChoice.Check(Data);
    }

    /// <summary>The settings as a checkpoint keeps them.</summary>
    public Dictionary<string, string> ToOptions()
    {
        Dictionary<string, string> options = new()
        {
            ["model"] = Model,
            ["data"] = Data.Text,
            ["epochs"] = Epochs.ToString(CultureInfo.InvariantCulture),
            ["batch_size"] = BatchSize.ToString(CultureInfo.InvariantCulture),
            ["loss"] = Loss.Text,
            ["seed"] = Seed.ToString(CultureInfo.InvariantCulture),
            ["validation_split"] = ValidationSplit.ToString("R", CultureInfo.InvariantCulture),
        };
        Optimizer.AddTo(options);
        if (Regularizer is not null) options["regularize"] = Regularizer.Text;
        if (Metrics is not null) options["metrics"] = Metrics.Text;
        if (ClassWeights is not null) options["class_weights"] = ClassWeights.Text;
        if (CheckpointEvery is { } every) options["checkpoint_every"] = every.ToString(CultureInfo.InvariantCulture);
        if (StepsPerEpoch is { } steps) options["steps_per_epoch"] = steps.ToString(CultureInfo.InvariantCulture);
        if (DropLast) options["drop_last"] = "true";
        if (EarlyStopping is not null) options["early_stopping"] = EarlyStopping.Text;
        if (Log is not null) options["log"] = Log.Text;
        return options;
    }

    /// <summary>The settings that a checkpoint kept.</summary>
    /// <exception cref="FormatException">An option is missing or damaged.</exception>
    /// <exception cref="UsageException">The data is not where it was.</exception>
    public static RunSettings FromOptions(IReadOnlyDictionary<string, string> options)
    {
        string Option(string key) => options.GetValueOrDefault(key) ?? throw new FormatException($"checkpoint: expected the option '{key}', got none. Was it saved by mlp train?");
        T Number<T>(string key)
            where T : INumber<T> => T.TryParse(Option(key), CultureInfo.InvariantCulture, out T? number)
                ? number
                : throw new FormatException($"checkpoint: expected the option '{key}' to be a number, got '{Option(key)}'. Was it saved by mlp train?");
        return new RunSettings(
            Option("model"),
            DataSource.Parse(Option("data")),
            Number<int>("epochs"),
            Number<int>("batch_size"),
            OptimizerSettings.From(Option, key => options.ContainsKey(key) ? Number<double>(key) : null, options.ContainsKey),
            Number<ulong>("seed"),
            Number<double>("validation_split"))
        {
            Loss = LossOf(options),
            Regularizer = options.TryGetValue("regularize", out string? regularizer) ? RegularizerChoice.Parse(regularizer) : null,
            Metrics = MetricsOf(options),
            ClassWeights = options.TryGetValue("class_weights", out string? weights) ? ClassWeightsChoice.Parse(weights) : null,
            CheckpointEvery = options.ContainsKey("checkpoint_every") ? Number<int>("checkpoint_every") : null,
            StepsPerEpoch = options.ContainsKey("steps_per_epoch") ? Number<int>("steps_per_epoch") : null,
            DropLast = options.ContainsKey("drop_last"),
            EarlyStopping = options.TryGetValue("early_stopping", out string? stopping) ? EarlyStoppingChoice.Parse(stopping) : null,
            Log = options.TryGetValue("log", out string? log) ? LogChoice.Parse(log) : null,
        };
    }

    /// <summary>The loss that a checkpoint kept; the first ones kept none, and were of classes.</summary>
    public static LossChoice LossOf(IReadOnlyDictionary<string, string> options) => options.TryGetValue("loss", out string? loss) ? LossChoice.Parse(loss) : LossChoice.Default(hasClasses: true);

    /// <summary>The metrics that a checkpoint kept, beside those that are measured anyway.</summary>
    public static MetricsChoice? MetricsOf(IReadOnlyDictionary<string, string> options) => options.TryGetValue("metrics", out string? metrics) ? MetricsChoice.Parse(metrics) : null;
}
