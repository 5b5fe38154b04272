using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>A loss as the command line names it: <c>name[:key=value,...]</c>, by Keras's names and options.</summary>
internal sealed class LossChoice
{
    private const string Sparse = "sparse_categorical_crossentropy";
    private const string Squared = "mean_squared_error";

    // They make no sense where the targets are numbers: they take classes, one-hot rows or probabilities.
    private static readonly string[] OfClasses =
        [Sparse, "categorical_crossentropy", "categorical_focal_crossentropy", "binary_crossentropy", "binary_focal_crossentropy", "categorical_hinge", "hinge", "kl_divergence", "squared_hinge"];

    private static readonly Dictionary<string, Func<NamedOptions, Loss>> Known = new()
    {
        [Sparse] = options => new SparseCategoricalCrossentropy { LabelSmoothing = Smoothing(options) },
        ["categorical_crossentropy"] = options => new CategoricalCrossentropy { LabelSmoothing = Smoothing(options) },
        ["categorical_focal_crossentropy"] = options => new CategoricalFocalCrossentropy { Alpha = options.Number("alpha", 0.25), Gamma = options.Number("gamma", 2), LabelSmoothing = Smoothing(options) },
        ["binary_crossentropy"] = options => new BinaryCrossentropy { LabelSmoothing = Smoothing(options) },
        ["binary_focal_crossentropy"] = options => new BinaryFocalCrossentropy
        {
            ApplyClassBalancing = options.Word("apply_class_balancing", "false", "true") == "true",
            Alpha = options.Number("alpha", 0.25),
            Gamma = options.Number("gamma", 2),
            LabelSmoothing = Smoothing(options),
        },
        ["categorical_hinge"] = _ => new CategoricalHinge(),
        ["cosine_similarity"] = _ => new CosineSimilarity(),
        ["hinge"] = _ => new Hinge(),
        ["huber"] = options => new Huber { Delta = options.Number("delta", 1) },
        ["kl_divergence"] = _ => new KLDivergence(),
        ["log_cosh"] = _ => new LogCosh(),
        ["mean_absolute_error"] = _ => new MeanAbsoluteError(),
        ["mean_absolute_percentage_error"] = _ => new MeanAbsolutePercentageError(),
        [Squared] = _ => new MeanSquaredError(),
        ["mean_squared_logarithmic_error"] = _ => new MeanSquaredLogarithmicError(),
        ["poisson"] = _ => new Poisson(),
        ["squared_hinge"] = _ => new SquaredHinge(),
    };

    private LossChoice(string text, Loss loss) => (Text, Loss) = (text, loss);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The loss, which takes class numbers, or numbers to be answered.</summary>
    public Loss Loss { get; }

    /// <summary>What there is unless told otherwise, for help.</summary>
    public static string Defaults => $"{Sparse} for classes and {Squared} for numbers";

    /// <summary>The loss unless told otherwise.</summary>
    public static LossChoice Default(bool hasClasses) => Parse(hasClasses ? Sparse : Squared);

    /// <summary>The names.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>As it was written: help prints the default so.</summary>
    public override string ToString() => Text;

    /// <exception cref="UsageException">The text names no loss, or an option or value that it does not have.</exception>
    public static LossChoice Parse(string text)
    {
        NamedOptions options = new("--loss", text, ',', Known.Keys);
        return new LossChoice(text, Make(options));
    }

    /// <summary>Whether a loss is for numbers to be answered.</summary>
    public static bool TakesNumbers(string name) => Known.ContainsKey(name) && !OfClasses.Contains(name);

    /// <summary>Refuses a loss of classes for targets that are numbers.</summary>
    /// <exception cref="UsageException">It is one.</exception>
    public void Check(DataSource data)
    {
        if (data.HasClasses || TakesNumbers(Loss.Name)) return;
        throw new UsageException($"--loss: expected a loss of numbers, which the targets of --data {data.Text} are, got {Loss.Name}, which is one of classes. Leave it out, or pass --loss {Squared}.");
    }

    /// <summary>The loss that some options name. All but the sparse one are given one-hot rows of class numbers.</summary>
    public static Loss Make(NamedOptions options)
    {
        Loss loss = options.Make(Known[options.Name]);
        return loss is SparseCategoricalCrossentropy ? loss : new OneHotLoss(loss);
    }

    private static double Smoothing(NamedOptions options) => options.Number("label_smoothing", 0);
}
