using System.CommandLine;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>The options that say how steps are taken, for the commands that train.</summary>
internal sealed class OptimizerOptions
{
    private readonly Option<OptimizerChoice> optimizer = new("--optimizer")
    {
        Description = $"name[:key=value,...]; the names, with their learning rates: {OptimizerChoice.Described}.",
        HelpName = "NAME",
        DefaultValueFactory = _ => OptimizerChoice.Default,
        CustomParser = result => CommonOptions.Parse(result, OptimizerChoice.Parse),
    };

    private readonly Option<double?> learningRate = Above0("--learning-rate", "The size of a step, instead of the optimizer's own.");

    private readonly Option<ScheduleChoice?> schedule = new("--schedule")
    {
        Description = $"How the learning rate changes from step to step, name[:key=value,...]: {string.Join(", ", ScheduleChoice.Names)}. Over all epochs, unless steps are told; warmup=N steps rise to it first.",
        HelpName = "NAME",
        CustomParser = result => CommonOptions.Parse(result, ScheduleChoice.Parse),
    };

    private readonly Option<double?> clipNorm = Above0("--clip-norm", "Scale each parameter's gradient down to this norm.");
    private readonly Option<double?> clipValue = Above0("--clip-value", "Hold each derivative between -X and X.");
    private readonly Option<double?> globalClipNorm = Above0("--global-clip-norm", "Scale all gradients down together to this norm.");

    private readonly Option<double?> weightDecay = Numbers.Real<double?>(
        "--weight-decay", "Draw kernels to 0 by this, times the learning rate, beside each step.", "X", null, "a number of 0 or more", value => value is >= 0 and < double.PositiveInfinity);

    private readonly Option<int> accumulate = Numbers.Whole("--accumulate", "How many batches make a step, with the mean of their gradients.", 1, smallest: 1);

    private readonly Option<double?> ema = Numbers.Real<double?>(
        "--ema", "Keep a moving average of the weights, with this much of the old one at each step, and evaluate and predict with it.", "X", null, "a number from 0 up to, not including, 1", value => value is >= 0 and < 1);

    private OptimizerOptions()
    {
        optimizer.CompletionSources.Add([.. OptimizerChoice.Names]);
        schedule.CompletionSources.Add([.. ScheduleChoice.Names]);
    }

    /// <summary>All of them, in the order of help.</summary>
    public IReadOnlyList<Option> All => [optimizer, learningRate, schedule, clipNorm, clipValue, globalClipNorm, weightDecay, accumulate, ema];

    /// <summary>Those that say nothing of rates.</summary>
    public IReadOnlyList<Option> WithoutRates => [.. All.Except([learningRate, schedule])];

    public static OptimizerOptions Create() => new();

    /// <summary>Refuses two ways of clipping, which cannot both be meant.</summary>
    public void Validate(System.CommandLine.Parsing.CommandResult result)
    {
        Option[] clippings = [.. ((Option[])[clipNorm, clipValue, globalClipNorm]).Where(option => result.GetResult(option) is { Implicit: false })];
        if (clippings.Length > 1) result.AddError($"{clippings[1].Name}: expected one way of clipping, got {clippings[0].Name} too.");
    }

    /// <summary>What was said.</summary>
    /// <exception cref="UsageException">Something was said twice.</exception>
    public OptimizerSettings Read(ParseResult parsed) =>
        (ReadWithoutRates(parsed) with { LearningRate = parsed.GetValue(learningRate), Schedule = parsed.GetValue(schedule) }).Checked();

    /// <summary>What was said but of rates.</summary>
    /// <exception cref="UsageException">Something was said twice.</exception>
    public OptimizerSettings ReadWithoutRates(ParseResult parsed)
    {
        (string? by, double limit) = parsed.GetValue(clipNorm) is { } norm ? ("clip_norm", norm)
            : parsed.GetValue(clipValue) is { } value ? ("clip_value", value)
            : parsed.GetValue(globalClipNorm) is { } global ? ("global_clip_norm", global) : ((string?)null, 0.0);
        return new OptimizerSettings(parsed.GetValue(optimizer)!, null, null, by, limit, parsed.GetValue(weightDecay), parsed.GetValue(accumulate), parsed.GetValue(ema)).Checked();
    }

    private static Option<double?> Above0(string name, string description) => Numbers.Real<double?>(name, description, "X", null, "a number above 0", value => value is > 0 and < double.PositiveInfinity);
}
