using System.Globalization;
using System.Numerics;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>What a run is told: from the command line for a new one, from its checkpoint for one that goes on.</summary>
internal sealed record RunSettings(string Model, DataSource Data, int Epochs, int BatchSize, OptimizerSettings Optimizer, ulong Seed, double ValidationSplit)
{
    /// <summary>What is to become small.</summary>
    public LossChoice Loss { get; init; } = LossChoice.Default;

    /// <summary>What is measured beside the loss and the accuracy; null for nothing.</summary>
    public MetricsChoice? Metrics { get; init; }

    /// <summary>What the classes count in the loss; null where all count alike.</summary>
    public ClassWeightsChoice? ClassWeights { get; init; }

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
        if (Metrics is not null) options["metrics"] = Metrics.Text;
        if (ClassWeights is not null) options["class_weights"] = ClassWeights.Text;
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
            Metrics = MetricsOf(options),
            ClassWeights = options.TryGetValue("class_weights", out string? weights) ? ClassWeightsChoice.Parse(weights) : null,
        };
    }

    /// <summary>The loss that a checkpoint kept.</summary>
    public static LossChoice LossOf(IReadOnlyDictionary<string, string> options) => options.TryGetValue("loss", out string? loss) ? LossChoice.Parse(loss) : LossChoice.Default;

    /// <summary>The metrics that a checkpoint kept, beside the accuracy.</summary>
    public static MetricsChoice? MetricsOf(IReadOnlyDictionary<string, string> options) => options.TryGetValue("metrics", out string? metrics) ? MetricsChoice.Parse(metrics) : null;
}
