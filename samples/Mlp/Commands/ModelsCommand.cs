using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Options;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp models</c>: the built-in models and how many parameters each has.</summary>
internal static class ModelsCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<bool> json = CommonOptions.Json();
        Command command = new("models", "List the built-in models with their parameters.") { json };
        command.SetAction((parsed, _) => Task.FromResult(Run(parsed.GetValue(json), terminal)));
        return command;
    }

    private static int Run(bool json, Terminal terminal)
    {
        int width = Models.BuiltIn.Keys.Max(name => name.Length);
        if (!json) terminal.Result($"{"model".PadRight(width)}  parameters  trainable  normalization");
        foreach ((string name, string description) in Models.BuiltIn)
        {
            Model model = Models.Create(name, seed: 0);
            long total = Summary.Count(model.Parameters), trainable = Summary.Count(model.TrainableParameters);
            if (json) terminal.Result(new JsonObject { ["model"] = name, ["description"] = description, ["parameters"] = total, ["trainable"] = trainable });
            else terminal.Result(string.Create(CultureInfo.InvariantCulture, $"{name.PadRight(width)}  {total,10:N0}  {trainable,9:N0}  {description}"));
        }

        return ExitStatus.Done;
    }
}
