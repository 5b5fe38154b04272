using Tapestry.Optimizers;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>An optimizer as the command line names it: <c>name[:key=value,...]</c>.</summary>
internal sealed class OptimizerChoice
{
    private const string RateKey = "learning_rate";

    // Each optimizer with its options and their defaults.
    private static readonly Dictionary<string, (Dictionary<string, double> Defaults, Func<Dictionary<string, double>, Optimizer> Create)> Known = new()
    {
        ["sgd"] = (new() { [RateKey] = 0.01, ["momentum"] = 0 }, options => new Sgd(options[RateKey]) { Momentum = options["momentum"] }),
        ["momentum"] = (new() { [RateKey] = 0.01, ["momentum"] = 0.9 }, options => new Sgd(options[RateKey]) { Momentum = options["momentum"] }),
        ["nesterov"] = (new() { [RateKey] = 0.01, ["momentum"] = 0.9 }, options => new Sgd(options[RateKey]) { Momentum = options["momentum"], Nesterov = true }),
        ["adam"] = (new() { [RateKey] = 0.001, ["beta_1"] = 0.9, ["beta_2"] = 0.999, ["epsilon"] = 1e-7 },
            options => new Adam(options[RateKey]) { Beta1 = options["beta_1"], Beta2 = options["beta_2"], Epsilon = options["epsilon"] }),
    };

    private readonly string name;
    private readonly Dictionary<string, double> given;

    private OptimizerChoice(string text, string name, Dictionary<string, double> given) => (Text, this.name, this.given) = (text, name, given);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    public static OptimizerChoice Default => Parse("adam");

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names => [.. Known.Keys];

    /// <summary>The names with their learning rates, for help.</summary>
    public static string Described => string.Join(", ", Known.Select(pair => FormattableString.Invariant($"{pair.Key} ({pair.Value.Defaults[RateKey]})")));

    /// <summary>As it was written: help prints the default so.</summary>
    public override string ToString() => Text;

    /// <exception cref="UsageException">The text names no optimizer, or an option or value that it does not have.</exception>
    public static OptimizerChoice Parse(string text)
    {
        string[] parts = text.Split(':', 2);
        if (!Known.TryGetValue(parts[0], out var known)) throw new UsageException($"--optimizer: expected {string.Join(", ", Known.Keys)}, got '{parts[0]}'.{Suggestion.For(parts[0], Known.Keys)}");
        Dictionary<string, double> given = [];
        foreach (string pair in parts.Length == 1 ? [] : parts[1].Split(','))
        {
            string[] sides = pair.Split('=', 2);
            if (sides.Length != 2 && known.Defaults.ContainsKey(sides[0])) throw new UsageException($"--optimizer: expected {parts[0]}:{sides[0]}=value, got '{pair}' without a value.");
            if (sides.Length != 2 || !known.Defaults.ContainsKey(sides[0])) throw new UsageException($"--optimizer: expected {parts[0]}:key=value with keys {string.Join(", ", known.Defaults.Keys)}, got '{pair}'.{Suggestion.For(sides[0], known.Defaults.Keys)}");
            bool isRate = sides[0] == RateKey;
            double value = Numbers.RealOf(
                sides[1], $"--optimizer {parts[0]}:{sides[0]}", isRate ? "a number above 0" : "a number of 0 or more", number => number < double.PositiveInfinity && (isRate ? number > 0 : number >= 0));
            if (!given.TryAdd(sides[0], value)) throw new UsageException($"--optimizer: expected each key once, got '{sides[0]}' twice.");
        }

        OptimizerChoice choice = new(text, parts[0], given);
        try
        {
            choice.Create(learningRate: null);
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new UsageException($"--optimizer: {CommonOptions.Text(error)}");
        }

        return choice;
    }

    /// <summary>Makes the optimizer.</summary>
    /// <param name="learningRate">What --learning-rate said, or null.</param>
    /// <exception cref="UsageException">The rate was given twice.</exception>
    public Optimizer Create(double? learningRate)
    {
        Dictionary<string, double> options = new(Known[name].Defaults);
        foreach ((string key, double value) in given) options[key] = value;
        if (learningRate is { } rate)
        {
            if (given.ContainsKey(RateKey)) throw new UsageException($"--learning-rate: expected the rate once, got it in --optimizer {Text} too.");
            options[RateKey] = rate;
        }

        return Known[name].Create(options);
    }
}
