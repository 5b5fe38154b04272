using System.Globalization;
using Tapestry.Optimizers;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>How a run's steps are taken: the optimizer, its rates, and what is done around its rule.</summary>
internal sealed record OptimizerSettings(
    OptimizerChoice Optimizer, double? LearningRate, ScheduleChoice? Schedule, string? ClippedBy, double ClippingLimit, double? WeightDecay, int Accumulate, double? Ema)
{
    private static readonly Dictionary<string, Func<double, Clipping>> Clippings = new()
    {
        ["clip_norm"] = Clipping.ByNorm,
        ["clip_value"] = Clipping.ByValue,
        ["global_clip_norm"] = Clipping.ByGlobalNorm,
    };

    /// <summary>Adam as it is.</summary>
    public static OptimizerSettings Default { get; } = new(OptimizerChoice.Default, null, null, null, 0, null, 1, null);

    /// <summary>How many steps an epoch's batches make in all epochs.</summary>
    public long StepsOf(int batches, int epochs) => Math.Max(1, (long)batches * epochs / Accumulate);

    /// <summary>Makes the optimizer.</summary>
    /// <param name="steps">How many steps there are in all.</param>
    public Optimizer Create(long steps) => Create(Schedule is null ? new ConstantRate(Rate) : Schedule.Create(Rate, steps));

    /// <summary>Makes the optimizer with other rates.</summary>
    public Optimizer Create(Schedule schedule) => Optimizer.Create(new OptimizerChoice.Around(
        schedule, ClippedBy is null ? null : Clippings[ClippedBy](ClippingLimit), WeightDecay is { } decay ? new WeightDecay(decay) : null, Accumulate, Ema));

    /// <summary>Refuses what was said twice.</summary>
    /// <exception cref="UsageException">It was.</exception>
    public OptimizerSettings Checked()
    {
        if (LearningRate is not null && Optimizer.HasRate) throw new UsageException($"--learning-rate: expected the rate once, got it in --optimizer {Optimizer.Text} too.");
        if (LearningRate is not null && Schedule?.HasRates == true) throw new UsageException($"--learning-rate: expected the rate once, got it in --schedule {Schedule.Text} too.");
        if (WeightDecay is not null && Optimizer.HasDecay) throw new UsageException($"--weight-decay: expected the decay once, got it in --optimizer {Optimizer.Text} too.");
        return this;
    }

    /// <summary>Adds what a checkpoint keeps of them.</summary>
    public void AddTo(Dictionary<string, string> options)
    {
        options["optimizer"] = Optimizer.Text;
        void Add(string key, double? value)
        {
            if (value is { } number) options[key] = number.ToString("R", CultureInfo.InvariantCulture);
        }

        Add("learning_rate", LearningRate);
        if (Schedule is not null) options["schedule"] = Schedule.Text;
        if (ClippedBy is not null) Add(ClippedBy, ClippingLimit);
        Add("weight_decay", WeightDecay);
        if (Accumulate > 1) Add("accumulate", Accumulate);
        Add("ema", Ema);
    }

    /// <summary>What a checkpoint kept of them.</summary>
    /// <param name="text">The option of a name, which must be there.</param>
    /// <param name="number">The number of a name; null where it is not there.</param>
    /// <param name="has">Whether it is there.</param>
    public static OptimizerSettings From(Func<string, string> text, Func<string, double?> number, Func<string, bool> has)
    {
        string? clippedBy = Clippings.Keys.FirstOrDefault(has);
        return new OptimizerSettings(
            OptimizerChoice.Parse(text("optimizer")),
            number("learning_rate"),
            has("schedule") ? ScheduleChoice.Parse(text("schedule")) : null,
            clippedBy,
            clippedBy is null ? 0 : number(clippedBy)!.Value,
            number("weight_decay"),
            (int)(number("accumulate") ?? 1),
            number("ema"));
    }

    private double Rate => LearningRate ?? Optimizer.Rate;
}
