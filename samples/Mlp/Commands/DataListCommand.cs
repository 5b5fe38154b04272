using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Data;
using Tapestry.Samples.Mlp.Downloads;
using Tapestry.Samples.Mlp.Options;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp data list</c> tells which published sets there are, and where they lie.</summary>
internal static class DataListCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<bool> json = CommonOptions.Json();
        Command command = new("list", "List the data sets that can be downloaded, and where they lie.") { json };
        command.SetAction((parsed, _) => Task.Run(() => Run(parsed.GetValue(json), terminal)));
        return command;
    }

    private static int Run(bool json, Terminal terminal)
    {
        int width = PublishedSet.All.Max(set => set.Name.Length);
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

            terminal.Result($"{set.Name.PadRight(width)}  {set.Description}");
            terminal.Result(string.Create(CultureInfo.InvariantCulture, $"{"".PadRight(width)}  {(isThere ? $"in {folder}" : $"not downloaded; would go to {folder}")}"));
        }

        return ExitStatus.Done;
    }
}
