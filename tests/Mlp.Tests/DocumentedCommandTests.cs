using System.Text.RegularExpressions;

namespace Tapestry.Mlp.Tests;

/// <summary>The commands that the pages tell the reader to run do run.</summary>
public partial class DocumentedCommandTests
{
    [Fact]
    public async Task Every_explanation_that_the_page_on_batch_normalization_points_to_is_given()
    {
        string[] commands = [.. Explanation().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "batch-normalization.md"))).Select(match => match.Groups[1].Value)];

        Assert.True(commands.Length >= 10, $"{commands.Length} commands");
        foreach (string command in commands)
        {
            MlpRun run = await MlpRun.Of(["explain", "bn", .. command.Replace("'", "", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
            Assert.True(run.Status == 0, $"{command}: {run.Error}");
            Assert.Contains("Formula", run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_tape_that_the_page_on_automatic_differentiation_draws_is_drawn()
    {
        string[] commands = [.. Drawing().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "autodiff.md"))).Select(match => match.Groups[1].Value)];

        Assert.NotEmpty(commands);
        foreach (string command in commands)
        {
            MlpRun run = await MlpRun.Of([.. Argument().Matches(command).Select(match => match.Value.Trim('"'))]);
            Assert.True(run.Status == 0, $"{command}: {run.Error}");
            Assert.StartsWith("digraph", run.Output, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"`mlp explain bn([^`]*)`")]
    private static partial Regex Explanation();

    [GeneratedRegex(@"`mlp (tape [^`]*) \| dot -Tsvg`")]
    private static partial Regex Drawing();

    [GeneratedRegex("\"[^\"]*\"|[^ ]+")]
    private static partial Regex Argument();
}
