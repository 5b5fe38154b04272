using System.Text.Json.Nodes;
using Tapestry.Layers;

namespace Tapestry.Samples.Mlp.Compare;

/// <summary>A comparison as objects: one for each run, then one for each run that the best is held against.</summary>
internal static class ComparisonJson
{
    /// <summary>The objects.</summary>
    public static IEnumerable<JsonObject> Of(Comparison comparison)
    {
        foreach (ComparedRun run in comparison.Runs) yield return Of(run, run == comparison.Best);
        foreach ((ComparedRun run, McNemar test) in comparison.Against)
        {
            yield return new JsonObject { ["event"] = "against_best", ["run"] = run.Path, ["best"] = comparison.Best.Path, ["only_best_right"] = test.OnlyFirst, ["only_run_right"] = test.OnlySecond, ["p"] = test.P };
        }
    }

    private static JsonObject Of(ComparedRun run, bool isBest)
    {
        JsonObject line = new()
        {
            ["event"] = "run",
            ["run"] = run.Path,
            ["name"] = run.Name,
            ["best"] = isBest,
            ["parameters"] = Summary.Count(run.Model.Parameters),
            ["epochs"] = run.History.Epochs.Count,
        };
        foreach ((string name, double value) in run.Tested) line[$"test_{name}"] = Terminal.Number(value);
        line["history"] = new JsonObject(run.Measures.Select(name => KeyValuePair.Create(name, (JsonNode?)new JsonArray([.. run.History.Epochs.Select(epoch => Terminal.Number(epoch.Find(name)))]))));
        line["settings"] = new JsonObject(run.Settings.Select(setting => KeyValuePair.Create(setting.Key, (JsonNode?)setting.Value)));
        return line;
    }
}
