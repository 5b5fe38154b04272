using System.Globalization;
using System.Numerics;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>What a run is told: from the command line for a new one, from its checkpoint for one that goes on.</summary>
internal sealed record RunSettings(string Model, DataSource Data, int Epochs, int BatchSize, OptimizerSettings Optimizer, ulong Seed, double ValidationSplit)
{
    /// <summary>The settings as a checkpoint keeps them.</summary>
    public Dictionary<string, string> ToOptions()
    {
        Dictionary<string, string> options = new()
        {
            ["model"] = Model,
            ["data"] = Data.Text,
            ["epochs"] = Epochs.ToString(CultureInfo.InvariantCulture),
            ["batch_size"] = BatchSize.ToString(CultureInfo.InvariantCulture),
            ["seed"] = Seed.ToString(CultureInfo.InvariantCulture),
            ["validation_split"] = ValidationSplit.ToString("R", CultureInfo.InvariantCulture),
        };
        Optimizer.AddTo(options);
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
            Number<double>("validation_split"));
    }
}
