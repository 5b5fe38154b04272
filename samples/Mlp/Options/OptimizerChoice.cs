using Tapestry.Optimizers;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>An optimizer as the command line names it: <c>name[:key=value,...]</c>.</summary>
internal sealed class OptimizerChoice
{
    private const string RateKey = "learning_rate";
    private const string DecayKey = "weight_decay";

    // Each optimizer with its options and their defaults; switches are 0 or 1.
    private static readonly Dictionary<string, (Dictionary<string, double> Defaults, Func<Values, Around, Optimizer> Create)> Known = new()
    {
        ["sgd"] = (new() { [RateKey] = 0.01, ["momentum"] = 0 }, (o, a) => Sgd(o, a, nesterov: false)),
        ["momentum"] = (new() { [RateKey] = 0.01, ["momentum"] = 0.9 }, (o, a) => Sgd(o, a, nesterov: false)),
        ["nesterov"] = (new() { [RateKey] = 0.01, ["momentum"] = 0.9 }, (o, a) => Sgd(o, a, nesterov: true)),
        ["adagrad"] = (new() { [RateKey] = 0.001, ["initial_accumulator_value"] = 0.1, ["epsilon"] = 1e-7 },
            (o, a) => new Adagrad(a.Schedule)
            {
                InitialAccumulatorValue = o["initial_accumulator_value"],
                Epsilon = o["epsilon"],
                Clipping = a.Clipping,
                WeightDecay = a.Decay,
                AccumulationSteps = a.Accumulate,
                EmaMomentum = a.Ema,
            }),
        ["adadelta"] = (new() { [RateKey] = 0.001, ["rho"] = 0.95, ["epsilon"] = 1e-7 },
            (o, a) => new Adadelta(a.Schedule) { Rho = o["rho"], Epsilon = o["epsilon"], Clipping = a.Clipping, WeightDecay = a.Decay, AccumulationSteps = a.Accumulate, EmaMomentum = a.Ema }),
        ["rmsprop"] = (new() { [RateKey] = 0.001, ["rho"] = 0.9, ["momentum"] = 0, ["epsilon"] = 1e-7, ["centered"] = 0 },
            (o, a) => new RmsProp(a.Schedule)
            {
                Rho = o["rho"],
                Momentum = o["momentum"],
                Epsilon = o["epsilon"],
                Centered = o.Is("centered"),
                Clipping = a.Clipping,
                WeightDecay = a.Decay,
                AccumulationSteps = a.Accumulate,
                EmaMomentum = a.Ema,
            }),
        ["adam"] = (new() { [RateKey] = 0.001, ["beta_1"] = 0.9, ["beta_2"] = 0.999, ["epsilon"] = 1e-7, ["amsgrad"] = 0 },
            (o, a) => new Adam(a.Schedule)
            {
                Beta1 = o["beta_1"],
                Beta2 = o["beta_2"],
                Epsilon = o["epsilon"],
                AmsGrad = o.Is("amsgrad"),
                Clipping = a.Clipping,
                WeightDecay = a.Decay,
                AccumulationSteps = a.Accumulate,
                EmaMomentum = a.Ema,
            }),
        ["adamw"] = (new() { [RateKey] = 0.001, ["beta_1"] = 0.9, ["beta_2"] = 0.999, ["epsilon"] = 1e-7, ["amsgrad"] = 0, [DecayKey] = 0.004 },
            (o, a) => new AdamW(a.Schedule)
            {
                Beta1 = o["beta_1"],
                Beta2 = o["beta_2"],
                Epsilon = o["epsilon"],
                AmsGrad = o.Is("amsgrad"),
                Clipping = a.Clipping,
                WeightDecay = a.Decay,
                AccumulationSteps = a.Accumulate,
                EmaMomentum = a.Ema,
            }),
        ["adamax"] = (new() { [RateKey] = 0.001, ["beta_1"] = 0.9, ["beta_2"] = 0.999, ["epsilon"] = 1e-7 },
            (o, a) => new Adamax(a.Schedule)
            {
                Beta1 = o["beta_1"],
                Beta2 = o["beta_2"],
                Epsilon = o["epsilon"],
                Clipping = a.Clipping,
                WeightDecay = a.Decay,
                AccumulationSteps = a.Accumulate,
                EmaMomentum = a.Ema,
            }),
        ["nadam"] = (new() { [RateKey] = 0.001, ["beta_1"] = 0.9, ["beta_2"] = 0.999, ["epsilon"] = 1e-7 },
            (o, a) => new Nadam(a.Schedule)
            {
                Beta1 = o["beta_1"],
                Beta2 = o["beta_2"],
                Epsilon = o["epsilon"],
                Clipping = a.Clipping,
                WeightDecay = a.Decay,
                AccumulationSteps = a.Accumulate,
                EmaMomentum = a.Ema,
            }),
        ["lion"] = (new() { [RateKey] = 0.001, ["beta_1"] = 0.9, ["beta_2"] = 0.99 },
            (o, a) => new Lion(a.Schedule) { Beta1 = o["beta_1"], Beta2 = o["beta_2"], Clipping = a.Clipping, WeightDecay = a.Decay, AccumulationSteps = a.Accumulate, EmaMomentum = a.Ema }),
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

    /// <summary>Whether the rate stands in the text.</summary>
    public bool HasRate => given.ContainsKey(RateKey);

    /// <summary>The rate that stands in the text, or the optimizer's own.</summary>
    public double Rate => given.TryGetValue(RateKey, out double rate) ? rate : Known[name].Defaults[RateKey];

    /// <summary>Whether the weight decay stands in the text.</summary>
    public bool HasDecay => given.ContainsKey(DecayKey);

    /// <summary>As it was written: help prints the default so.</summary>
    public override string ToString() => Text;

    /// <exception cref="UsageException">The text names no optimizer, or an option or value that it does not have.</exception>
    public static OptimizerChoice Parse(string text)
    {
        NamedOptions named = new("--optimizer", text, ',', Known.Keys);
        string name = named.Name;
        IReadOnlyDictionary<string, string> texts = named.Texts(Known[name].Defaults.Keys);
        Dictionary<string, double> given = [];
        foreach ((string key, string value) in texts)
        {
            bool isRate = key == RateKey, isSwitch = key is "amsgrad" or "centered";
            given[key] = Numbers.RealOf(
                value, $"--optimizer {name}:{key}", isRate ? "a number above 0" : isSwitch ? "0 or 1" : "a number of 0 or more",
                number => number < double.PositiveInfinity && (isRate ? number > 0 : number >= 0) && (!isSwitch || number is 0 or 1));
        }

        OptimizerChoice choice = new(text, name, given);
        try
        {
            choice.Create(new Around(new ConstantRate(choice.Rate), null, null, 1, null));
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new UsageException($"--optimizer: {CommonOptions.Text(error)}");
        }

        return choice;
    }

    /// <summary>Makes the optimizer.</summary>
    /// <param name="around">Its rates, and what is done around its rule; without a decay there, it has the one of its own.</param>
    public Optimizer Create(Around around)
    {
        Values options = new(Known[name].Defaults, given);
        WeightDecay? own = Known[name].Defaults.ContainsKey(DecayKey) ? new WeightDecay(options[DecayKey]) : null;
        return Known[name].Create(options, around with { Decay = around.Decay ?? own });
    }

    private static Sgd Sgd(Values o, Around a, bool nesterov) => new(a.Schedule)
    {
        Momentum = o["momentum"],
        Nesterov = nesterov,
        Clipping = a.Clipping,
        WeightDecay = a.Decay,
        AccumulationSteps = a.Accumulate,
        EmaMomentum = a.Ema,
    };

    /// <summary>The rates of an optimizer, and what is done around its rule.</summary>
    internal sealed record Around(Schedule Schedule, Clipping? Clipping, WeightDecay? Decay, int Accumulate, double? Ema);

    /// <summary>Options: those that were given, and the defaults of the others.</summary>
    private sealed class Values(Dictionary<string, double> defaults, Dictionary<string, double> given)
    {
        public double this[string key] => given.TryGetValue(key, out double value) ? value : defaults[key];

        public bool Is(string key) => this[key] == 1;
    }
}
