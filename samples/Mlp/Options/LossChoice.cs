using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>A loss as the command line names it: <c>name[:key=value,...]</c>, by Keras's names and options.</summary>
internal sealed class LossChoice
{
    private const string Sparse = "sparse_categorical_crossentropy";

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
        ["mean_squared_error"] = _ => new MeanSquaredError(),
        ["mean_squared_logarithmic_error"] = _ => new MeanSquaredLogarithmicError(),
        ["poisson"] = _ => new Poisson(),
        ["squared_hinge"] = _ => new SquaredHinge(),
    };

    private LossChoice(string text, Loss loss) => (Text, Loss) = (text, loss);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The loss, which takes class numbers.</summary>
    public Loss Loss { get; }

    public static LossChoice Default { get; } = Parse(Sparse);

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

    /// <summary>The loss that some options name. All but the sparse one are given one-hot rows, since the data sets have class numbers.</summary>
    public static Loss Make(NamedOptions options)
    {
        Loss loss = options.Make(Known[options.Name]);
        return loss is SparseCategoricalCrossentropy ? loss : new OneHotLoss(loss);
    }

    private static double Smoothing(NamedOptions options) => options.Number("label_smoothing", 0);
}
