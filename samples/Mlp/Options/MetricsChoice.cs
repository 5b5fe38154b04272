using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>Metrics as the command line names them, beside the accuracy: <c>name[:key=value[:key=value]],...</c>, by Keras's names.</summary>
internal sealed class MetricsChoice
{
    // Each is made for a number of classes, from its options.
    private static readonly Dictionary<string, Func<NamedOptions, int, Metric>> Own = new()
    {
        ["accuracy"] = (_, _) => new Accuracy(),
        ["sparse_categorical_accuracy"] = (_, _) => new SparseCategoricalAccuracy(),
        ["sparse_top_k_categorical_accuracy"] = (options, _) => new SparseTopKCategoricalAccuracy(options.Count("k", 5)),
        ["precision"] = (options, classes) => new Precision(classes) { Averaging = Average(options) },
        ["recall"] = (options, classes) => new Recall(classes) { Averaging = Average(options) },
        ["f1_score"] = (options, classes) => new F1Score(classes) { Averaging = Average(options) },
        ["auc"] = (options, _) => new Auc(options.Count("num_thresholds", 200)) { Curve = options.Word("curve", "roc", "pr") == "pr" ? Curve.Pr : Curve.Roc },
    };

    private readonly string[] parts;

    private MetricsChoice(string text, string[] parts) => (Text, this.parts) = (text, parts);

    /// <summary>As they were written.</summary>
    public string Text { get; }

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names => [.. Own.Keys, .. LossChoice.Names];

    /// <summary>As it was written.</summary>
    public override string ToString() => Text;

    /// <exception cref="UsageException">The text names no metric, one twice, or an option or value that it does not have.</exception>
    public static MetricsChoice Parse(string text)
    {
        MetricsChoice choice = new(text, text.Split(','));
        string? twice = choice.parts.Select(part => Make(part, classes: 2).Name).GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;
        return twice is null ? choice : throw new UsageException($"--metrics: expected each metric once, got {twice} twice.");
    }

    /// <summary>New metrics: the accuracy, and what was chosen.</summary>
    /// <param name="choice">What was chosen; null for nothing.</param>
    /// <param name="classes">The number of classes.</param>
    public static IReadOnlyList<Metric> Create(MetricsChoice? choice, int classes) =>
        [new Accuracy(), .. (choice?.parts ?? []).Select(part => Make(part, classes)).Where(metric => metric is not Accuracy)];

    private static Metric Make(string part, int classes)
    {
        NamedOptions options = new("--metrics", part, ':', Names);
        return Own.TryGetValue(options.Name, out Func<NamedOptions, int, Metric>? create) ? options.Make(given => create(given, classes)) : new LossMetric(LossChoice.Make(options));
    }

    private static Averaging Average(NamedOptions options) => options.Word("average", "macro", "micro", "weighted") switch
    {
        "micro" => Averaging.Micro,
        "weighted" => Averaging.Weighted,
        _ => Averaging.Macro,
    };
}
