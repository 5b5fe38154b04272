using System.Text.RegularExpressions;

namespace Tapestry.Mlp.Tests;

/// <summary>Allocations are counted for the whole process, so nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;

/// <summary>A test of what only Unix has; skipped, visibly, elsewhere.</summary>
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows()) Skip = "Devices, pipes and links that anybody may make are Unix's.";
    }
}

/// <summary>
/// Whatever lies in the folder of <c>--data</c>, the answer is a line that names the file, and status 2: for what is missing too, since it is the user who can put it there.
/// The snapshots are to be read: each message says what was expected, what came, and what to do.
/// </summary>
[Collection(nameof(Alone))]
public partial class HostileDataTests
{
    // A model and a parsed command line take about a megabyte; whoever believes a header takes a hundred or more.
    private const long Room = 16 << 20;
    private const int PerByteOfFile = 10;

    // Only what hangs for ever takes as long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Damaged_and_hostile_files_are_refused_by_name_with_status_2_and_without_believing_them() => await Verifier.Verify(await MessagesFor(HostileFiles.Portable, atLeast: 64));

    [UnixFact]
    public async Task Links_devices_and_pipes_are_refused_too() => await Verifier.Verify(await MessagesFor(HostileFiles.Unix, atLeast: 8));

    [Fact]
    public async Task Unusual_files_that_are_right_are_trained_on()
    {
        foreach (Hostile unusual in HostileFiles.Valid)
        {
            using TemporaryFolder folder = new(), other = new();
            HostileFiles.PutGood(folder);
            unusual.Put(folder);

            MlpRun run = await MlpRun.Of("train", "--data", folder.Path, "--epochs", "1", "--output", other["run"]);

            Assert.True(run.Status == 0, $"{unusual.Case}: {run.Error}");
            Assert.Contains("18 training, 2 validation and 5 test examples", run.Error, StringComparison.Ordinal);
        }
    }

    [ToolFact(Tool.OtherUser)]
    public async Task Files_that_may_not_be_read_are_the_users_to_put_right_as_missing_ones_are()
    {
        if (OperatingSystem.IsWindows()) return;
        using TemporaryFolder folder = new();
        HostileFiles.PutGood(folder);
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        File.SetUnixFileMode(folder[HostileFiles.TestLabels], UnixFileMode.None);

        // Everything may be read by root, so another user asks.
        ProcessResult result = (await ProcessUnderTest.RunCommand(
            ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", .. ProcessUnderTest.Mlp, "data", "show", "--data", folder.Path])).Tidy();

        Assert.Equal(2, result.Status);
        Assert.Equal("", result.Output);
        Assert.Equal($"mlp: {HostileFiles.TestLabels}: expected a file that may be read, got none. Check its permissions.", Assert.Single(result.Complaints));
    }

    private static async Task<string> MessagesFor(IEnumerable<Hostile> cases, int atLeast)
    {
        List<string> lines = [];
        await Refused(cases.First());
        foreach (Hostile hostile in cases) lines.Add($"{hostile.Case}:\n  {await Refused(hostile)}");

        Assert.True(lines.Count >= atLeast, $"{lines.Count} cases");
        Assert.Equal(lines.Count, cases.Select(hostile => (hostile.Case, hostile.File)).Distinct().Count());
        return string.Join("\n", lines);
    }

    /// <summary>Trains on the folder, holds the refusal to everything that all refusals have in common, and gives its message.</summary>
    private static async Task<string> Refused(Hostile hostile)
    {
        using TemporaryFolder folder = new(), other = new();
        HostileFiles.PutGood(folder);
        hostile.Put(folder);
        long file = File.Exists(folder[hostile.File]) ? new FileInfo(folder[hostile.File]).Length : 0;
        long before = GC.GetTotalAllocatedBytes(precise: true);

        MlpRun run = await MlpRun.Of("train", "--data", folder.Path, "--output", other["run"]).WaitAsync(Patience);

        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        string told = $"{hostile.Case}: status {run.Status}, {allocated} bytes allocated, {run.Error}";
        Assert.True(run.Status == 2, told);
        Assert.Equal("", run.Output);
        Assert.True(run.Error.StartsWith($"mlp: {hostile.File}: expected ", StringComparison.Ordinal), told);
        Assert.True(run.Error.Contains(", got ", StringComparison.Ordinal), told);
        Assert.True(run.Error.EndsWith(".\n", StringComparison.Ordinal) || run.Error.EndsWith("?\n", StringComparison.Ordinal), told);
        Assert.True(run.Error.Count(char.IsControl) == 1, told);
        Assert.Empty(Directory.EnumerateFileSystemEntries(other.Path));
        Assert.True(allocated <= Room + (PerByteOfFile * file), told);

        // What depends on the temporary folder's name, and on how well the platform compresses.
        string message = run.Error.TrimEnd('\n').Replace(folder.Path, "DIR", StringComparison.Ordinal);
        return hostile.Case.Contains('%', StringComparison.Ordinal) || hostile.Case.StartsWith("the trailer", StringComparison.Ordinal) ? Position().Replace(message, "after N bytes") : message;
    }

    [GeneratedRegex(@"after \d+ bytes")]
    private static partial Regex Position();
}
