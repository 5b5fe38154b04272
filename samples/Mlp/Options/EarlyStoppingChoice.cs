using System.CommandLine;
using Tapestry.Training;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>When the training ends before its last epoch, as the command line has it: <c>metric[:key=value,...]</c>.</summary>
internal sealed class EarlyStoppingChoice
{
    private const int DefaultPatience = 5;

    private readonly Func<Trainer, EarlyStopping> create;

    private EarlyStoppingChoice(string text, string monitor, Func<Trainer, EarlyStopping> create) => (Text, Monitor, this.create) = (text, monitor, create);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>What is watched.</summary>
    public string Monitor { get; }

    private static IReadOnlyList<string> Names { get; } = [.. ((string[])["loss", .. MetricsChoice.Names]).SelectMany(name => new[] { $"val_{name}", name })];

    /// <summary>The option; its value is null where it was given without one.</summary>
    public static Option<EarlyStoppingChoice?> Option()
    {
        Option<EarlyStoppingChoice?> option = new("--early-stopping")
        {
            Description = $"End when a metric, val_loss unless told otherwise, has not become better for some epochs: metric[:key=value,...] with patience ({DefaultPatience}), min_delta (0), restore_best (false), baseline and start_from_epoch (0).",
            HelpName = "METRIC",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result => result.Tokens.Count == 0 ? null : CommonOptions.Parse(result, Parse),
        };
        option.CompletionSources.Add("val_loss", "val_accuracy", "loss", "accuracy");
        return option;
    }

    /// <summary>What the option means without a value.</summary>
    public static EarlyStoppingChoice Of(bool hasValidation) => Parse(hasValidation ? "val_loss" : "loss");

    /// <exception cref="UsageException">The text names no metric, or an option or value that there is not.</exception>
    public static EarlyStoppingChoice Parse(string text)
    {
        NamedOptions named = new("--early-stopping", text, ',', Names);
        return named.Make(options =>
        {
            (int patience, double minDelta, bool restore) = (options.Count("patience", DefaultPatience, smallest: 0), options.Number("min_delta", 0), options.Word("restore_best", "false", "true") == "true");
            double baseline = options.Number("baseline", double.NaN);
            int start = options.Count("start_from_epoch", 0, smallest: 0);
            if (minDelta < 0) throw new UsageException($"--early-stopping {options.Name}:min_delta: expected a number of 0 or more, got '{minDelta}'.");
            return new EarlyStoppingChoice(text, options.Name, trainer => new EarlyStopping(trainer)
            {
                Monitor = options.Name,
                Patience = patience,
                MinDelta = minDelta,
                RestoreBestWeights = restore,
                Baseline = double.IsNaN(baseline) ? null : baseline,
                StartFromEpoch = start,
            });
        });
    }

    /// <summary>As it was written.</summary>
    public override string ToString() => Text;

    /// <summary>Refuses a metric that the run does not measure, before anything is trained.</summary>
    /// <exception cref="UsageException">It does not.</exception>
    public void Check(Trainer trainer, bool hasValidation)
    {
        string[] own = ["loss", .. trainer.Metrics!.Select(metric => metric.Name)], all = [.. own, .. hasValidation ? own.Select(name => $"val_{name}") : []];
        if (!all.Contains(Monitor)) throw new UsageException($"--early-stopping: expected what the run measures, {string.Join(", ", all)}, got {Monitor}. See --metrics and --validation-split.");
    }

    /// <summary>Makes what ends the training.</summary>
    public EarlyStopping Create(Trainer trainer) => create(trainer);
}
