using System.CommandLine;
using System.Text.Json.Nodes;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Options;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp summary</c>: a model's layers, shapes and parameter counts, as Keras prints them.</summary>
internal static class SummaryCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<string> model = CommonOptions.Model();
        Option<bool> json = CommonOptions.Json();
        Command command = new("summary", "Show a model's layers, shapes and parameter counts.") { model, json };
        command.SetAction((parsed, _) => Task.FromResult(Run(parsed.GetValue(model)!, parsed.GetValue(json), terminal)));
        return command;
    }

    private static int Run(string name, bool json, Terminal terminal)
    {
        Model model = Models.Create(name, seed: 0);
        if (!json)
        {
            terminal.Result(model.Summary().TrimEnd('\n'));
            return ExitStatus.Done;
        }

        terminal.Result(new JsonObject
        {
            ["model"] = name,
            ["layers"] = new JsonArray(
            [
                .. model.Layers.Select(layer => new JsonObject
                {
                    ["name"] = layer.Name,
                    ["class"] = layer.ClassName,
                    ["output_shape"] = new JsonArray([null, .. layer.OutputShape(layer.InputShapes).Select(size => JsonValue.Create(size))]),
                    ["parameters"] = Summary.Count(layer.Parameters),
                }),
            ]),
            ["total"] = Summary.Count(model.Parameters),
            ["trainable"] = Summary.Count(model.TrainableParameters),
            ["non_trainable"] = Summary.Count(model.NonTrainableParameters),
        });
        return ExitStatus.Done;
    }
}
