namespace Tapestry.Mlp.Tests;

/// <summary>What every refusal of a command line has in common.</summary>
internal static class HostileRefusal
{
    public const int MostLines = 3;

    /// <summary>Runs a line that must be refused with status 2: one to three lines of which the first begins with the program's name, no results, nothing made beside what lies there.</summary>
    /// <param name="what">What is wrong, for failures.</param>
    /// <param name="folder">The folder in which nothing may change.</param>
    /// <param name="args">The arguments.</param>
    /// <returns>The lines, with DIR for the folder.</returns>
    public static async Task<string> Expect(string what, TemporaryFolder folder, params string[] args)
    {
        string[] before = Entries(folder);

        MlpRun run = await MlpRun.Of(args).WaitAsync(TimeSpan.FromMinutes(5));

        string told = $"{what}: status {run.Status}, {run.Output}{run.Error}";
        Assert.True(run.Status == 2, told);
        Assert.True(run.Output.Length == 0, told);
        Assert.True(run.Error.StartsWith("mlp: ", StringComparison.Ordinal), told);
        Assert.True(run.Error.Count(character => character == '\n') is >= 1 and <= MostLines, told);
        Assert.True(run.Error.All(character => character == '\n' || !char.IsControl(character)), told);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("an error of its own", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, Entries(folder));
        return run.Error.TrimEnd('\n').Replace(folder.Path, "DIR", StringComparison.Ordinal);
    }

    private static string[] Entries(TemporaryFolder folder) => [.. Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
