using System.Text.Json.Nodes;
using Tapestry.Data;
using Tapestry.Samples.Mlp;

namespace Tapestry.Mlp.Tests;

/// <summary>The commands around the download: where files go, what is printed, how it ends. Servers are on 127.0.0.1.</summary>
public class DataDownloadCommandTests
{
    [Theory]
    [InlineData("data download mnit", "mlp: NAME: expected mnist or fashion-mnist, got 'mnit'. Did you mean mnist?")]
    [InlineData("data download mnist --mirror files", "mlp: --mirror: expected an address that begins with http:// or https://, got 'files'.")]
    [InlineData("data download mnist --mirror file:///etc", "mlp: --mirror: expected an address that begins with http:// or https://, got 'file:///etc'.")]
    [InlineData("data download mnist --output ", "mlp: --output: expected the name of a folder, got an empty text.")]
    public async Task Wrong_usage_is_told_before_anything_is_fetched(string line, string expected)
    {
        MlpRun run = await MlpRun.Of(line.Split(' '));

        Assert.Equal(2, run.Status);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task Mirrors_that_fail_are_told_one_by_one_with_status_1_and_nothing_is_kept()
    {
        using TemporaryFolder folder = new();
        using Mirror first = Mirror.Raw("HTTP/1.1 404 Not Found\nContent-Length: 0"), second = Mirror.Raw("HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 6", "<html>"u8.ToArray());

        MlpRun run = await MlpRun.Of("data", "download", "fashion-mnist", "--output", folder["fashion"], "--mirror", first.Url.ToString(), "--mirror", second.Url.ToString().TrimEnd('/'));

        Assert.Equal(1, run.Status);
        Assert.Equal("", run.Output);
        Assert.Equal(
            [
                $"mlp: {first.Url}train-images-idx3-ubyte.gz: expected status 200, got 404. Trying the next mirror.",
                $"mlp: {second.Url}train-images-idx3-ubyte.gz: expected a gzip file, got a web page.",
                "mlp: train-images-idx3-ubyte.gz: expected it from one of 2 mirrors, got it from none. Check the connection and run this again, which goes on where it ended, or name another server with --mirror.",
            ],
            run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(Directory.GetFiles(folder["fashion"]));
    }

    [Fact]
    public async Task A_set_that_has_not_been_downloaded_is_told_with_the_command_that_does()
    {
        using TemporaryFolder folder = new();

        ProcessResult shown = (await ProcessUnderTest.RunCommand([.. ProcessUnderTest.Mlp, "data", "show", "--data", "fashion-mnist"], ("XDG_CACHE_HOME", folder.Path), ("LOCALAPPDATA", folder.Path))).Tidy();
        ProcessResult listed = (await ProcessUnderTest.RunCommand([.. ProcessUnderTest.Mlp, "data", "list", "--json"], ("XDG_CACHE_HOME", "/elsewhere"), ("TAPESTRY_DATA", folder.Path))).Tidy();

        Assert.Equal(2, shown.Status);
        Assert.Contains("expected the files of fashion-mnist in ", Assert.Single(shown.Complaints), StringComparison.Ordinal);
        Assert.Contains("Fetch them with 'mlp data download fashion-mnist'", Assert.Single(shown.Complaints), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Contains(Path.Combine(folder.Path, "tapestry", "fashion-mnist"), Assert.Single(shown.Complaints), StringComparison.Ordinal);
        JsonObject[] sets = [.. listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
        Assert.Equal(["synthetic", "xor", "spirals", "regression", "mnist", "fashion-mnist"], sets.Select(set => set["data"]!.GetValue<string>()));
        Assert.Equal(folder["mnist"], sets[4]["directory"]!.GetValue<string>());
        Assert.All(sets[4..], set => Assert.False(set["downloaded"]!.GetValue<bool>()));
    }

    // The real files: the digests that the program knows are theirs, and a later command finds them.
    [MnistFact]
    public async Task What_was_downloaded_is_found_by_its_name()
    {
        if (OperatingSystem.IsWindows()) return;
        using TemporaryFolder cache = new();
        using Mirror mirror = new((asked, stream, _) => Mirror.Send(stream, File.ReadAllBytes(Path.Combine(MnistFactAttribute.Directory, asked.Path.Split('/')[^1])), asked, "\"1\""));
        (string, string) environment = ("XDG_CACHE_HOME", cache.Path);

        ProcessResult first = (await ProcessUnderTest.RunCommand([.. ProcessUnderTest.Mlp, "data", "download", "mnist", "--mirror", mirror.Url.ToString(), "--json"], environment)).Tidy();
        ProcessResult second = (await ProcessUnderTest.RunCommand([.. ProcessUnderTest.Mlp, "data", "download", "mnist", "--mirror", mirror.Url.ToString()], environment)).Tidy();
        ProcessResult shown = (await ProcessUnderTest.RunCommand([.. ProcessUnderTest.Mlp, "data", "show", "--data", "mnist", "--json"], environment)).Tidy();
        ProcessResult listed = (await ProcessUnderTest.RunCommand([.. ProcessUnderTest.Mlp, "data", "list"], environment)).Tidy();

        string folder = Path.Combine(cache.Path, "tapestry", "mnist");
        Assert.Equal((0, 0, 0, 0), (first.Status, second.Status, shown.Status, listed.Status));
        JsonObject result = JsonNode.Parse(first.Output)!.AsObject();
        Assert.Equal(folder, result["directory"]!.GetValue<string>());
        Assert.Equal(Mnist.PathsIn(folder, compress: true), result["files"]!.AsArray().Select(file => file!["path"]!.GetValue<string>()));
        Assert.Equal(4, mirror.Requests.Count);
        Assert.Equal(Mnist.PathsIn(folder, compress: true).Order(), Directory.GetFiles(folder).Order());
        Assert.Contains("train-images-idx3-ubyte.gz: 9630610 bytes were there already", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', first.Error + second.Error);
        Assert.Contains("\"training\":60000,\"test\":10000", shown.Output, StringComparison.Ordinal);
        Assert.Contains($"in {folder}", listed.Output, StringComparison.Ordinal);
    }

    [MnistFact]
    public async Task Before_a_person_a_bar_is_drawn_with_what_goes_wrong_above_it()
    {
        using TemporaryFolder folder = new();
        using Mirror bad = Mirror.Raw("HTTP/1.1 404 Not Found\nContent-Length: 0");
        using Mirror good = new((asked, stream, _) => Mirror.Send(stream, File.ReadAllBytes(Path.Combine(MnistFactAttribute.Directory, asked.Path.Split('/')[^1])), asked, "\"1\""));
        StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        using Interruption interruption = Interruption.By(CancellationToken.None);

        int status = await MlpApp.RunAsync(
            ["data", "download", "mnist", "--output", folder["mnist"], "--mirror", bad.Url.ToString(), "--mirror", good.Url.ToString()], new Terminal(output, error, isErrorLive: true), interruption);

        Assert.Equal(0, status);
        Assert.Equal(Mnist.PathsIn(folder["mnist"], compress: true), output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("\u001b[", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("\u001b[?25h", error.ToString(), StringComparison.Ordinal);

        // Wherever the console breaks the line.
        Assert.Contains("expected status 200, got 404", string.Join(' ', error.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task Ctrl_C_ends_with_130_and_leaves_nothing_but_the_part()
    {
        using TemporaryFolder folder = new();
        TaskCompletionSource sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using Mirror mirror = new(async (_, stream, stop) =>
        {
            await stream.WriteAsync((byte[])[.. "HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n"u8, 0x1F, 0x8B, .. new byte[5000]], stop);
            sent.SetResult();
            await Task.Delay(Timeout.Infinite, stop);
        });
        using ProcessUnderTest process = ProcessUnderTest.Start("data", "download", "mnist", "--output", folder["mnist"], "--mirror", mirror.Url.ToString());
        await sent.Task.WaitAsync(TimeSpan.FromSeconds(60));
        string part = Path.Combine(folder["mnist"], "train-images-idx3-ubyte.gz.part");
        for (int i = 0; i < 600 && !(File.Exists(part) && new FileInfo(part).Length == 5002); i++) await Task.Delay(50);

        process.Signal("INT");
        ProcessResult result = (await process.End()).Tidy();

        Assert.Equal(130, result.Status);
        Assert.Equal("mlp: interrupted", Assert.Single(result.Complaints));
        Assert.Equal([part], Directory.GetFiles(folder["mnist"]));
        Assert.Equal(5002, new FileInfo(part).Length);
    }
}
