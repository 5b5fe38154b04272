using Tapestry.Optimizers;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>A schedule of learning rates as the command line names it: <c>name[:key=value,...]</c>. Steps that are not told are all there are.</summary>
internal sealed class ScheduleChoice
{
    private const string WarmUpKey = "warmup";
    private const string PeakKey = "max";
    private const string Plateau = "plateau";

    private static readonly string[] Switches = ["staircase", "cycle", "linear", "cycle_momentum"];
    private static readonly string[] Wholes = [WarmUpKey, "decay_steps", "first_decay_steps", "boundaries", "patience", "cooldown"];
    private static readonly string[] Lists = ["boundaries", "rates"];

    // Each schedule with its keys, and how it is made for a first rate and a number of steps.
    private static readonly Dictionary<string, (string[] Keys, Func<Values, double, long, Schedule> Create)> Known = new()
    {
        ["constant"] = ([WarmUpKey], (_, rate, _) => new ConstantRate(rate)),
        ["exponential"] = (["decay_steps", "decay_rate", "staircase", WarmUpKey],
            (v, rate, steps) => new ExponentialDecay(rate, v.Whole("decay_steps", steps), v.Real("decay_rate", 0.1)) { Staircase = v.Is("staircase") }),
        ["inverse"] = (["decay_steps", "decay_rate", "staircase", WarmUpKey],
            (v, rate, steps) => new InverseTimeDecay(rate, v.Whole("decay_steps", steps), v.Real("decay_rate", 9)) { Staircase = v.Is("staircase") }),
        ["power"] = (["decay_steps", "power", WarmUpKey], (v, rate, steps) => new PowerDecay(rate, v.Whole("decay_steps", steps)) { Power = v.Real("power", 1) }),
        ["piecewise"] = (["boundaries", "rates", WarmUpKey], (v, _, _) => new PiecewiseConstantDecay([.. v.List("boundaries").Select(step => (long)step)], v.List("rates"))),
        ["polynomial"] = (["decay_steps", "end", "power", "cycle", WarmUpKey],
            (v, rate, steps) => new PolynomialDecay(rate, v.Whole("decay_steps", steps)) { EndRate = v.Real("end", 0), Power = v.Real("power", 1), Cycle = v.Is("cycle") }),
        ["cosine"] = (["decay_steps", "alpha", WarmUpKey], (v, rate, steps) => new CosineDecay(rate, v.Whole("decay_steps", steps)) { Alpha = v.Real("alpha", 0) }),
        ["restarts"] = (["first_decay_steps", "t_mul", "m_mul", "alpha", WarmUpKey],
            (v, rate, steps) => new CosineDecayRestarts(rate, v.Whole("first_decay_steps", Math.Max(1, steps / 3)))
            {
                TMul = v.Real("t_mul", 2),
                MMul = v.Real("m_mul", 1),
                Alpha = v.Real("alpha", 0),
            }),
        ["onecycle"] = ([PeakKey, "warmup_share", "div_factor", "final_div_factor", "linear", "cycle_momentum", "base_momentum", "max_momentum"],
            (v, rate, steps) => new OneCycle(v.Real(PeakKey, rate), steps)
            {
                WarmUpShare = v.Real("warmup_share", 0.3),
                DivFactor = v.Real("div_factor", 25),
                FinalDivFactor = v.Real("final_div_factor", 1e4),
                Linear = v.Is("linear"),
                CycleMomentum = v.Real("cycle_momentum", 1) == 1,
                BaseMomentum = v.Real("base_momentum", 0.85),
                MaxMomentum = v.Real("max_momentum", 0.95),
            }),
        [Plateau] = (["factor", "patience", "min_delta", "cooldown", "min_rate"], (_, rate, _) => new ConstantRate(rate)),
    };

    private readonly string name;
    private readonly Values values;

    private ScheduleChoice(string text, string name, Values values) => (Text, this.name, this.values) = (text, name, values);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names => [.. Known.Keys];

    /// <summary>Whether the rates stand in the text, so that the optimizer's are not used.</summary>
    public bool HasRates => values.Has(PeakKey) || values.Has("rates");

    /// <summary>Whether the rates depend on how many steps there are in all.</summary>
    public bool DependsOnSteps => name is not ("constant" or Plateau or "piecewise") && !values.Has("decay_steps") && !values.Has("first_decay_steps");

    /// <summary>As it was written: help prints the default so.</summary>
    public override string ToString() => Text;

    /// <exception cref="UsageException">The text names no schedule, or an option or value that it does not have.</exception>
    public static ScheduleChoice Parse(string text)
    {
        NamedOptions named = new("--schedule", text, ',', Known.Keys);
        string name = named.Name;
        IReadOnlyDictionary<string, string> texts = named.Texts(Known[name].Keys);
        Dictionary<string, double[]> numbers = texts.ToDictionary(pair => pair.Key, pair => Parse(name, pair.Key, pair.Value));
        foreach (string key in Lists.Intersect(Known[name].Keys))
        {
            if (!numbers.ContainsKey(key)) throw new UsageException($"--schedule: expected piecewise:boundaries=STEP/STEP/...,rates=X/X/X/..., got '{text}' without {key}.");
        }

        ScheduleChoice choice = new(text, name, new Values(numbers));
        try
        {
            choice.Create(rate: 1, steps: 1000);
            if (name == Plateau) choice.Watch(null!, "loss");
        }
        catch (ArgumentException error)
        {
            throw new UsageException($"--schedule: {CommonOptions.Text(error)}");
        }

        return choice;
    }

    /// <summary>Makes the schedule.</summary>
    /// <param name="rate">The rate that it starts from; the largest where it rises first.</param>
    /// <param name="steps">How many steps there are in all.</param>
    public Schedule Create(double rate, long steps)
    {
        long warmUp = values.Whole(WarmUpKey, 0);
        Schedule schedule = Known[name].Create(values, rate, Math.Max(1, steps - warmUp));
        return warmUp == 0 ? schedule : new WarmUp(schedule, warmUp);
    }

    /// <summary>What lowers the rate at the end of epochs; null where steps alone do.</summary>
    public ICallback? Watch(Trainer trainer, string monitor) => name != Plateau ? null : new ReduceOnPlateau(trainer)
    {
        Monitor = monitor,
        Factor = values.Real("factor", 0.1),
        Patience = (int)values.Whole("patience", 10),
        MinDelta = values.Real("min_delta", 1e-4),
        Cooldown = (int)values.Whole("cooldown", 0),
        MinRate = values.Real("min_rate", 0),
    };

    private static double[] Parse(string name, string key, string value)
    {
        bool isSwitch = Switches.Contains(key), isWhole = Wholes.Contains(key);
        string expected = isSwitch ? "0 or 1" : isWhole ? "a whole number of 0 or more" : "a number of 0 or more";
        string[] texts = Lists.Contains(key) ? value.Split('/') : [value];
        return
        [
            .. texts.Select(text => Numbers.RealOf(text, $"--schedule {name}:{key}", expected, number =>
                number >= 0 && double.IsFinite(number) && (!isSwitch || number is 0 or 1) && (!isWhole || (Math.Floor(number) == number && number <= int.MaxValue)))),
        ];
    }

    /// <summary>The options that were given.</summary>
    private sealed class Values(Dictionary<string, double[]> given)
    {
        public bool Has(string key) => given.ContainsKey(key);

        public double Real(string key, double otherwise) => given.TryGetValue(key, out double[]? value) ? value[0] : otherwise;

        public long Whole(string key, long otherwise) => (long)Real(key, otherwise);

        public bool Is(string key) => Real(key, 0) == 1;

        public double[] List(string key) => given[key];
    }
}
