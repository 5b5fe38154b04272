using System.CommandLine;
using System.Text.Json.Nodes;
using Tapestry.Samples.Mlp.Bench;
using Tapestry.Samples.Mlp.Options;

namespace Tapestry.Samples.Mlp.Commands;

/// <summary><c>mlp bench</c>: how fast this machine trains the book's model, and how near that is to what it can do.</summary>
internal static class BenchCommand
{
    private static readonly Dictionary<string, Func<Measurements, CancellationToken, IEnumerable<JsonObject>>> Known = new()
    {
        ["train"] = (measurements, cancellationToken) => measurements.Train(cancellationToken),
        ["infer"] = (measurements, cancellationToken) => measurements.Infer(cancellationToken),
        ["matmul"] = (measurements, cancellationToken) => measurements.Products(cancellationToken),
        ["memory"] = (measurements, _) => measurements.Memory(),
    };

    public static Command Create(Terminal terminal, Interruption interruption) => Create(terminal, interruption, TimeSpan.FromSeconds(1));

    /// <summary>The command with another duration for each thing that it measures.</summary>
    internal static Command Create(Terminal terminal, Interruption interruption, TimeSpan duration)
    {
        Option<string?> only = new("--only") { Description = "Measure one thing alone: training, inference, matrix products or memory.", HelpName = string.Join('|', Known.Keys) };
        only.CompletionSources.Add([.. Known.Keys]);
        Option<int?> threads = Threads.Option("Measure with this many threads; with one, and with as many as there are processors, unless told otherwise.");
        Option<bool> json = CommonOptions.Json();
        Command command = new("bench", "Measure training and inference of the book's model, matrix products and memory on this machine; it takes a minute.") { only, threads, json };
        command.SetAction((parsed, _) => Task.Run(() => Run(new Measurements(duration, parsed.GetValue(threads)), parsed.GetValue(only), parsed.GetValue(json), terminal, interruption.Token)));
        return command;
    }

    private static int Run(Measurements measurements, string? only, bool json, Terminal terminal, CancellationToken cancellationToken)
    {
        if (only is not null && !Known.ContainsKey(only)) throw new UsageException($"--only: expected {string.Join(", ", Known.Keys)}, got '{only}'.{Suggestion.For(only, Known.Keys)}");
        string heading = "";
        foreach (JsonObject measured in Measurements.Limits().Concat(Known.Where(pair => only is null || pair.Key == only).SelectMany(pair => pair.Value(measurements, cancellationToken))))
        {
            if (json)
            {
                terminal.Result(measured);
                continue;
            }

            // A table for each kind, with its keys for a heading.
            string kind = measured["bench"]!.GetValue<string>();
            string[] keys = [.. measured.Select(pair => pair.Key).Skip(1)];
            if (kind != heading)
            {
                if (heading.Length > 0) terminal.Result("");
                terminal.Result($"{kind,-8}{string.Concat(keys.Select(key => $"  {key.PadLeft(Column(key))}"))}");
                heading = kind;
            }

            terminal.Result($"{"",-8}{string.Concat(keys.Select(key => $"  {Text(measured[key]).PadLeft(Column(key))}"))}");
        }

        return ExitStatus.Done;

        static int Column(string key) => Math.Max(key.Length, 9);

        static string Text(JsonNode? value) => value is null ? "-" : value.ToString();
    }
}
