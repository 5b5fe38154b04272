using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>Metrics as the command line names them, beside those that are measured anyway: <c>name[:key=value[:key=value]],...</c>, by Keras's names.</summary>
internal sealed class MetricsChoice
{
    // Each is made for a number of classes, from its options.
    private static readonly Dictionary<string, Func<NamedOptions, int, Metric>> OfClasses = new()
    {
        ["accuracy"] = (_, _) => new Accuracy(),
        ["sparse_categorical_accuracy"] = (_, _) => new SparseCategoricalAccuracy(),
        ["sparse_top_k_categorical_accuracy"] = (options, _) => new SparseTopKCategoricalAccuracy(options.Count("k", 5)),
        ["precision"] = (options, classes) => new Precision(classes) { Averaging = Average(options) },
        ["recall"] = (options, classes) => new Recall(classes) { Averaging = Average(options) },
        ["f1_score"] = (options, classes) => new F1Score(classes) { Averaging = Average(options) },
        ["auc"] = (options, _) => new Auc(options.Count("num_thresholds", 200)) { Curve = options.Word("curve", "roc", "pr") == "pr" ? Curve.Pr : Curve.Roc },
    };

    // What is measured of numbers anyway.
    private static readonly Dictionary<string, Func<Metric>> OfNumbers = new()
    {
        ["root_mean_squared_error"] = () => new RootMeanSquaredError(),
        ["r2_score"] = () => new R2Score(),
    };

    private readonly string[] parts;

    private MetricsChoice(string text, string[] parts) => (Text, this.parts) = (text, parts);

    /// <summary>As they were written.</summary>
    public string Text { get; }

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names => [.. OfClasses.Keys, .. OfNumbers.Keys, .. LossChoice.Names];

    /// <summary>As it was written.</summary>
    public override string ToString() => Text;

    /// <exception cref="UsageException">The text names no metric, one twice, or an option or value that it does not have.</exception>
    public static MetricsChoice Parse(string text)
    {
        MetricsChoice choice = new(text, text.Split(','));
        string? twice = choice.parts.Select(part => Make(part, classes: 2).Name).GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;
        return twice is null ? choice : throw new UsageException($"--metrics: expected each metric once, got {twice} twice.");
    }

    /// <summary>New metrics: the accuracy of classes, or the root of the mean squared error and R² of numbers, and what was chosen.</summary>
    /// <param name="choice">What was chosen; null for nothing.</param>
    /// <param name="classes">The number of classes; null for numbers.</param>
    public static IReadOnlyList<Metric> Create(MetricsChoice? choice, int? classes)
    {
        Metric[] always = classes is null ? [.. OfNumbers.Values.Select(create => create())] : [new Accuracy()];
        return [.. always, .. (choice?.parts ?? []).Select(part => Make(part, classes ?? 0)).Where(metric => always.All(one => one.Name != metric.Name))];
    }

    /// <summary>Refuses a metric of classes for targets that are numbers, and one of numbers for classes.</summary>
    /// <exception cref="UsageException">There is one.</exception>
    public void Check(DataSource data)
    {
        foreach (string name in parts.Select(part => new NamedOptions("--metrics", part, ':', Names).Name))
        {
            if (data.HasClasses ? !OfNumbers.ContainsKey(name) : OfNumbers.ContainsKey(name) || LossChoice.TakesNumbers(name)) continue;
            (string expected, string got) = data.HasClasses ? ("classes", "numbers") : ("numbers", "classes");
            IEnumerable<string> names = data.HasClasses ? OfClasses.Keys : OfNumbers.Keys;
            throw new UsageException($"--metrics: expected metrics of {expected}, which the targets of --data {data.Text} are, got {name}, which is one of {got}. There are {string.Join(", ", names)}, and the losses of {expected}.");
        }
    }

    private static Metric Make(string part, int classes)
    {
        NamedOptions options = new("--metrics", part, ':', Names);
        if (OfClasses.TryGetValue(options.Name, out Func<NamedOptions, int, Metric>? create)) return options.Make(given => create(given, classes));
        return OfNumbers.TryGetValue(options.Name, out Func<Metric>? ofNumbers) ? options.Make(_ => ofNumbers()) : new LossMetric(LossChoice.Make(options));
    }

    private static Averaging Average(NamedOptions options) => options.Word("average", "macro", "micro", "weighted") switch
    {
        "micro" => Averaging.Micro,
        "weighted" => Averaging.Weighted,
        _ => Averaging.Macro,
    };
}
