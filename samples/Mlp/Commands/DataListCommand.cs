using System.CommandLine;
using System.Text.Json.Nodes;
using Tapestry.Data;
using Tapestry.Samples.Mlp.Downloads;
using Tapestry.Samples.Mlp.Options;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp data list</c> tells which sets there are: those that are made by rule, and those that have been published, and where these lie.</summary>
internal static class DataListCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<bool> json = CommonOptions.Json();
        Command command = new("list", "List the data sets that are made by rule, and those that can be downloaded, and where they lie.") { json };
        command.SetAction((parsed, _) => Task.Run(() => Run(parsed.GetValue(json), terminal)));
        return command;
    }

    private static int Run(bool json, Terminal terminal)
    {
        foreach (GeneratedSet set in GeneratedSet.All)
        {
            if (json) terminal.Result(new JsonObject { ["data"] = set.Name, ["description"] = set.Description, ["usage"] = set.Usage });
            else Tell(set.Usage, set.Description);
        }

        foreach (PublishedSet set in PublishedSet.All)
        {
            string folder = DataFolder.Of(set);
            bool isThere = DataFolder.HasAll(set, folder);
            if (json)
            {
                terminal.Result(new JsonObject
                {
                    ["data"] = set.Name,
                    ["description"] = set.Description,
                    ["directory"] = folder,
                    ["downloaded"] = isThere,
                    ["mirrors"] = new JsonArray([.. set.Mirrors.Select(mirror => JsonValue.Create(mirror.ToString()))]),
                });
                continue;
            }

            Tell(set.Name, set.Description, isThere ? $"in {folder}" : $"not downloaded; would go to {folder}");
        }

        return ExitStatus.Done;

        void Tell(string name, params string[] lines)
        {
            terminal.Result(name);
            foreach (string line in lines) terminal.Result($"  {line}");
        }
    }
}
