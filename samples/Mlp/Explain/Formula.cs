using Tapestry.Autodiff;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;
using static Tapestry.Samples.Mlp.Explain.Columns;

namespace Tapestry.Samples.Mlp.Explain;

/// <summary>The explanation in words: the formula that the options make, the statistics, the shapes and the parameters.</summary>
internal static class Formula
{
    private static readonly int[][] Examples = [[784], [28, 28], [28, 28, 3], [8, 28, 28, 3], [8, 8, 28, 28, 3], [8, 8, 8, 28, 28, 3], [8, 8, 8, 8, 28, 28, 3]];

    /// <summary>The lines. Without a run the layer is built for an example of a shape that its axes fit.</summary>
    public static IEnumerable<string> Of(Choices choices, Experiment? experiment)
    {
        BatchNormalization layer = choices.Layer;
        if (experiment is null) Build(layer);
        int rank = layer.InputShape!.Rank + 1;
        int[] kept = layer.Reduce is { } reduced ? [.. reduced.Complement(rank)] : layer.Axis.Resolve(rank);
        string over = Axis(layer.By == NormalizeBy.Sample ? [rank - 1] : Axes.Of(kept).Complement(rank));

        yield return $"Batch normalization, dialect {choices.Dialect}, in {(choices.Training ? "training" : "inference")}";
        yield return $"Follows {Dialects.Source(choices)} (docs/batch-normalization.md)";
        yield return "";
        yield return "Formula";
        foreach (string line in Lines(choices, over)) yield return $"  {line}";
        yield return "";
        yield return "Statistics";
        foreach (string line in Statistics(choices)) yield return $"  {line}";
        yield return "";
        yield return $"Shapes{(experiment is null ? ", by example" : "")}";
        yield return $"  x, y    {Batch(layer.InputShape, experiment?.Rows ?? layer.BatchSize)}";
        yield return layer.By == NormalizeBy.Sample
            ? "  μ, σ²   one of each for every row"
            : $"  μ, σ²   one of each for every index along {(kept.Length == 0 ? "no axis: one for all" : Axis(kept))}{(choices.Groups ? ", in every group" : "")}";

        // A run shows them with what became of them.
        if (experiment is not null) yield break;
        yield return "";
        yield return "Parameters, in order";
        foreach (string line in Columns.Of([["name", "shape", "changed by", "starts at"], .. Parameters(choices)], left: 4)) yield return line;
    }

    /// <summary>Who changes a parameter.</summary>
    public static string ChangedBy(Choices choices, bool isState) =>
        !isState ? "the optimizer" : choices.IsPaper ? "Algorithm 2" : choices.Layer.By == NormalizeBy.Mode ? "passes in training" : "nothing";

    private static IEnumerable<string> Lines(Choices choices, string over)
    {
        BatchNormalization layer = choices.Layer;
        string epsilon = $"ε = {Short(layer.Epsilon)}";
        (string mean, string spread) = (choices.Local(layer.MovingMean), choices.Local(layer.MovingVariance));
        if (choices.ByBatch || choices.Updates)
        {
            string among = layer.By == NormalizeBy.Sample ? ", of each row" : choices.Groups ? ", within each group" : "";
            if (choices.Groups) yield return $"the batch falls into groups of {layer.VirtualBatches!.Size}: {(layer.VirtualBatches.Grouping == Grouping.Strided ? "rows i, i + N/" + layer.VirtualBatches.Size + ", ... (strided)" : "neighbours (contiguous)")}";
            yield return $"μ  = mean of x over {over}{among}";
            yield return $"σ² = mean of (x - μ)² over {over}{among}: divided by m, not by m - 1";
        }

        if (layer.By == NormalizeBy.Sample) yield return $"x̂  = (x - μ)/(√(σ² + ε) + ε), {epsilon}: twice, inside the root and beside it";
        else if (choices.ByBatch) yield return $"x̂  = (x - μ)/√(σ² + ε), {epsilon}";
        else if (layer.Stored == StoredStatistic.InverseDeviation) yield return $"x̂  = (x - {mean})·{spread}; {epsilon} is in {spread} already";
        else yield return $"x̂  = (x - {mean})/√({spread} + ε), {epsilon}";
        if (choices.IsPaper && !choices.Training)
        {
            yield return "over the batches of the training set, here the rows as one batch:";
            yield return $"{mean} = mean of μ, {spread} = m/(m - 1)·(mean of σ²)";
        }

        string result = "x̂";
        if (choices.Renormalizes)
        {
            Renorm renorm = layer.Renorm!;
            yield return $"s  = max(renorm_stddev, √ε), the renorm statistics being those of before this pass";
            yield return $"r  = √(σ² + ε)/s, kept from {Short(renorm.MinR)} to {Short(renorm.MaxR)}; no gradient passes through r and d";
            yield return $"d  = (μ - renorm_mean)/s, kept from {Short(-renorm.MaxD)} to {Short(renorm.MaxD)}";
            result = "(x̂·r + d)";
        }

        if (choices.Adjusts)
        {
            yield return $"a, b = {Short(choices.Adjustment!.Value.Scale)}, {Short(choices.Adjustment.Value.Bias)}: the adjustment, in training only";
            result = $"(a·{result} + b)";
        }

        if (!layer.Scale && (choices.Renormalizes || choices.Adjusts)) result = result[1..^1];
        yield return $"y  = {(layer.Scale ? "γ·" : "")}{result}{(layer.Center ? " + β" : "")}{(layer.Scale ? "" : "    (no γ)")}{(layer.Center ? "" : "    (no β)")}";
    }

    private static IEnumerable<string> Statistics(Choices choices)
    {
        BatchNormalization layer = choices.Layer;
        (string mean, string spread) = (choices.Local(layer.MovingMean), choices.Local(layer.MovingVariance));
        if (choices.IsPaper)
        {
            yield return "used     in training the batch's; in inference the population's, which Algorithm 2 takes after training";
            yield return "updated  never: there are no moving averages";
            yield break;
        }

        if (layer.By != NormalizeBy.Mode)
        {
            yield return layer.By == NormalizeBy.Sample ? "used     each row's own, in training and in inference" : "used     the batch's, in training and in inference";
            yield return $"updated  never: {mean} and {spread} are kept, and stay as they start";
            yield break;
        }

        yield return choices.SetsAverages
            ? $"used     {(choices.ByBatch ? "the batch's" : $"{mean} and {spread}, as before this pass")}, as --use-averages and the mode say"
            : $"used     in training the batch's; in inference {mean} and {spread}";
        if (choices.Dialect == Dialects.Keras1) yield return $"         {spread} holds the variance, whatever its name says";
        if (!choices.Updates)
        {
            yield return $"updated  not in this pass{(choices.Training ? "" : "; in training towards the batch's")}";
            yield break;
        }

        yield return layer.Updates == UpdateTiming.Immediate ? "updated  in this pass" : "updated  later: this pass queues the updates, which do nothing until RunUpdates()";
        (string Name, string Average)[] averages = [.. Averages(choices, mean, spread)];
        int width = averages.Max(pair => pair.Name.Length);
        foreach ((string name, string average) in averages) yield return $"         {name.PadRight(width)} ← {average}";
    }

    /// <summary>What each moving statistic becomes.</summary>
    private static IEnumerable<(string Name, string Average)> Averages(Choices choices, string mean, string spread)
    {
        BatchNormalization layer = choices.Layer;
        (string Name, string Average) Towards(string name, string value, double momentum) => (name, $"{Short(momentum)}·{name} + {Short(1 - momentum)}·{value}");
        string wholeMean = choices.Groups ? "(mean of μ over the groups)" : "μ", wholeVariance = choices.Groups ? "(mean of σ² over the groups)" : "σ²";
        yield return Towards(mean, wholeMean, layer.Momentum);
        if (layer.Renorm is { } renorm)
        {
            string deviation = $"√({wholeVariance} + ε)";
            yield return Towards("moving_stddev", deviation, layer.Momentum);
            yield return (spread, "max(moving_stddev² - ε, 0)");
            yield return Towards("renorm_mean", wholeMean, renorm.Momentum);
            yield return Towards("renorm_stddev", deviation, renorm.Momentum);
        }
        else
        {
            string inverse = choices.Groups ? "(mean of 1/√(σ² + ε) over the groups)" : "(1/√(σ² + ε))";
            yield return Towards(spread, layer.Stored == StoredStatistic.InverseDeviation ? inverse : wholeVariance, layer.Momentum);
        }
    }

    private static IEnumerable<string[]> Parameters(Choices choices)
    {
        foreach (Parameter parameter in choices.Layer.Parameters)
        {
            bool isState = parameter.Role == ParameterRole.State;
            if (isState && choices.IsPaper && choices.Training) continue;

            // The population's statistics are not known before there is a training set.
            string start = isState && choices.IsPaper ? "-" : Short(parameter.Value.ToDoubles()[0]);
            yield return [choices.Local(parameter), parameter.Shape.ToString(), ChangedBy(choices, isState), start];
        }
    }

    private static void Build(BatchNormalization layer)
    {
        try
        {
            layer.BuildFor(Shape.Of(Examples[Choices.ExampleRank(layer.Reduce ?? layer.Axis) - 2]), DType.F64, new Rng(0));
        }
        catch (ArgumentException refusal)
        {
            throw new UsageException(CommonOptions.Text(refusal));
        }
    }

    private static string Batch(Shape shape, int? rows) => $"[{string.Join(", ", shape.Select(size => $"{size}").Prepend(rows is { } count ? $"{count}" : "N"))}]";

    private static string Axis(IReadOnlyList<int> axes) => axes.Count == 1 ? $"axis {axes[0]}" : $"axes {string.Join(", ", axes)}";
}
