using System.Text.Json.Nodes;
using Tapestry.Samples.Mlp;

namespace Tapestry.Mlp.Tests;

/// <summary>One run of the command line inside the test's process, and what it wrote.</summary>
internal sealed record MlpRun(int Status, string Output, string Error)
{
    public static async Task<MlpRun> Of(params string[] args)
    {
        StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        int status = await MlpApp.RunAsync(args, output, error);
        return new MlpRun(status, output.ToString(), error.ToString());
    }

    /// <summary>The output's lines as JSON objects; fails where a line is none.</summary>
    public IReadOnlyList<JsonObject> Objects => [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
}

/// <summary>A folder of the test's own, gone when it ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tapestry-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
