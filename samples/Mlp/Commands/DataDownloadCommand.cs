using System.CommandLine;
using System.Text.Json.Nodes;
using Tapestry.Data;
using Tapestry.Samples.Mlp.Downloads;
using Tapestry.Samples.Mlp.Drawing;
using Tapestry.Samples.Mlp.Options;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp data download NAME</c> fetches a published set, to where <c>--data NAME</c> finds it unless told otherwise.</summary>
internal static class DataDownloadCommand
{
    public static Command Create(Terminal terminal, Interruption interruption)
    {
        string names = string.Join('|', PublishedSet.All.Select(set => set.Name));
        Argument<PublishedSet> name = new("NAME") { Description = $"Which: {names}.", HelpName = names, CustomParser = result => CommonOptions.Parse(result, Named) };
        name.CompletionSources.Add([.. PublishedSet.All.Select(set => set.Name)]);
        Option<string?> output = new("--output") { Description = "The folder for the four files, made if it does not exist. Unless told otherwise it is where --data NAME looks: see 'mlp data list'.", HelpName = "DIR" };
        Option<Uri[]?> mirror = new("--mirror")
        {
            Description = "A folder on a server that holds the files, to ask instead of the published ones. Given several times, they are tried in order.",
            HelpName = "URL",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
            CustomParser = result => [.. result.Tokens.Select(token => CommonOptions.Parse(result, _ => Mirror(token.Value))).OfType<Uri>()],
        };
        Option<bool> json = CommonOptions.Json();
        Command command = new("download", "Download a published data set, checked against its digests; after an interruption, go on.") { name, output, mirror, json };
        command.SetAction((parsed, _) => Run(parsed.GetValue(name)!, parsed.GetValue(output), parsed.GetValue(mirror), parsed.GetValue(json), terminal, interruption));
        return command;
    }

    private static async Task<int> Run(PublishedSet set, string? output, Uri[]? mirrors, bool json, Terminal terminal, Interruption interruption)
    {
        if (output is not null) OutputFolder.Check("--output", output);
        string directory = output ?? DataFolder.Of(set);
        IReadOnlyList<Uri> tried = mirrors is { Length: > 0 } ? mirrors : set.Mirrors;
        IReadOnlyList<FetchedFile> files;
        if (terminal.IsErrorLive)
        {
            DownloadBar bar = new(terminal);
            files = await bar.During(() => Fetch(bar));
        }
        else
        {
            files = await Fetch(new DownloadLines(terminal));
        }

        if (json)
        {
            terminal.Result(new JsonObject
            {
                ["data"] = set.Name,
                ["directory"] = directory,
                ["files"] = new JsonArray([.. files.Select(file => new JsonObject { ["path"] = file.Path, ["bytes"] = file.Length, ["from"] = file.From?.ToString() })]),
            });
        }
        else
        {
            foreach (FetchedFile file in files) terminal.Result(file.Path);
        }

        return ExitStatus.Done;

        Task<IReadOnlyList<FetchedFile>> Fetch(IDownloadWatcher watcher) => new Downloader(DownloadLimits.Default, watcher).Fetch(set.Files, tried, directory, interruption.Token);
    }

    private static PublishedSet Named(string text) => PublishedSet.All.FirstOrDefault(set => set.Name == text)
        ?? throw new UsageException($"NAME: expected {string.Join(" or ", PublishedSet.All.Select(set => set.Name))}, got '{text}'.{Suggestion.For(text, PublishedSet.All.Select(set => set.Name))}");

    private static Uri Mirror(string text) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out Uri? url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : throw new UsageException($"--mirror: expected an address that begins with http:// or https://, got '{text}'.");
}
