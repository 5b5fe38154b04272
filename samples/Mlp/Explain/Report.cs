using Tapestry.Layers;

namespace Tapestry.Samples.Mlp.Explain;

/// <summary>What a run of the layer gave: every number of the formula, element by element, and what became of the parameters.</summary>
internal static class Report
{
    public static IEnumerable<string> Of(Experiment experiment)
    {
        Choices choices = experiment.Choices;
        yield return "";
        yield return $"Pass {choices.Steps} of {choices.Steps}, in F64, without a step of an optimizer; dy comes back from above, dx goes back below";
        if (choices.Layer.By == NormalizeBy.Sample && experiment.Features == 1) yield return "Each row of one feature is its own mean. Rows of several end in a semicolon: --on '1,2,3,4;'";
        foreach (string line in Columns.Of([.. Elements(experiment)], left: 0)) yield return line;
        foreach ((string name, double[] values) in experiment.Gradients) yield return $"  d{name} = {Columns.List(values)}";

        if (experiment.Variables.Count == 0) yield break;
        yield return "";
        yield return "Parameters, in order" + (Queue(choices) is { } said ? $"; {said}" : "");
        foreach (string line in Columns.Of([.. Variables(experiment)], left: 3)) yield return line;
    }

    private static string? Queue(Choices choices)
    {
        if (choices.Layer.Updates != UpdateTiming.Deferred || !choices.Updates) return null;
        return choices.KeepsQueue
            ? $"{choices.Layer.PendingUpdates} deferred updates are still queued, and nothing has moved"
            : "the deferred updates were run after each pass";
    }

    private static IEnumerable<string[]> Elements(Experiment experiment)
    {
        Choices choices = experiment.Choices;
        bool hasFeatures = experiment.Features > 1;
        string spread = choices.ByBatch || choices.Layer.Stored == StoredStatistic.Variance ? "σ²" : choices.Local(choices.Layer.MovingVariance);
        yield return
        [
            "row", .. hasFeatures ? (string[])["feature"] : [], "x", "μ", spread, "x - μ", "x̂", .. choices.Renormalizes ? (string[])["r", "d"] : [], .. choices.Adjusts ? (string[])["adjusted"] : [], "y", "dy", "dx",
        ];
        foreach (Element element in Intermediates.Of(experiment))
        {
            int index = (element.Row * experiment.Features) + element.Feature;
            double[] numbers =
            [
                element.X, element.Mean, element.Spread, element.Centered, element.Normalized,
                .. choices.Renormalizes ? (double[])[element.R, element.D] : [],
                .. choices.Adjusts ? (double[])[element.Adjusted] : [],
                experiment.Output[index], choices.Upstream![index], experiment.InputGradient[index],
            ];
            yield return [$"{element.Row}", .. hasFeatures ? (string[])[$"{element.Feature}"] : [], .. numbers.Select(Columns.Number)];
        }
    }

    /// <summary>Each parameter at the start and at the end, and between where the last of several passes began.</summary>
    private static IEnumerable<string[]> Variables(Experiment experiment)
    {
        bool hasBetween = experiment.Choices.Steps > 1;
        yield return ["name", "shape", "changed by", "starts at", .. hasBetween ? (string[])["before the last pass"] : [], "after"];
        foreach (History variable in experiment.Variables)
        {
            yield return [variable.Name, variable.Shape, Formula.ChangedBy(experiment.Choices, variable.IsState), Columns.List(variable.Start), .. hasBetween ? (string[])[Columns.List(variable.Before)] : [], Columns.List(variable.After)];
        }
    }
}
