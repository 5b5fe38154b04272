using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;

namespace Tapestry.Mlp.Tests;

/// <summary>What <c>dotnet pack</c> makes of what has been built, and that the tool installs from it.</summary>
public sealed class PackagingTests : IDisposable
{
    private static readonly string[] Libraries = ["Tapestry.Autodiff", "Tapestry.Data", "Tapestry.Layers", "Tapestry.Optimizers", "Tapestry.Tensors", "Tapestry.Training"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_libraries_and_the_tool_are_packed_and_the_tool_installs_and_runs()
    {
        string configuration = typeof(PackagingTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        await Run("dotnet", "pack", Path.Combine(Root(), "Framework.sln"), "-c", configuration, "--no-build", "-o", folder["packages"]);

        string[] packages = [.. Directory.GetFiles(folder["packages"], "*.nupkg").Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.Equal(Libraries.Append("Tapestry.Mlp").Order(StringComparer.Ordinal), packages.Select(package => string.Join('.', package.Split('.')[..2])));
        foreach (string package in packages) Inspect(package);

        await Run("dotnet", "tool", "install", "Tapestry.Mlp", "--tool-path", folder["tools"], "--source", folder["packages"]);
        string models = await Run(folder[Path.Combine("tools", OperatingSystem.IsWindows() ? "mlp.exe" : "mlp")], "models");
        Assert.Contains("bn-after       271,346", models, StringComparison.Ordinal);
    }

    private void Inspect(string package)
    {
        using ZipArchive archive = ZipFile.OpenRead(Path.Combine(folder["packages"], package));
        string[] files = [.. archive.Entries.Select(entry => entry.FullName)];
        string id = string.Join('.', package.Split('.')[..2]);
        Assert.Contains("README.md", files);
        using StreamReader reader = new(archive.GetEntry($"{id}.nuspec")!.Open());
        string nuspec = reader.ReadToEnd();
        Assert.Contains("<license type=\"expression\">MIT</license>", nuspec, StringComparison.Ordinal);
        Assert.Contains("<readme>README.md</readme>", nuspec, StringComparison.Ordinal);
        if (Libraries.Contains(id))
        {
            Assert.Contains($"lib/net10.0/{id}.dll", files);
            Assert.Contains($"lib/net10.0/{id}.xml", files);
        }

        Assert.True(File.Exists(Path.Combine(folder["packages"], Path.ChangeExtension(package, ".snupkg"))), $"{package} has no symbols");
    }

    private async Task<string> Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.Path };

        // A test host's own settings would lead the tools astray.
        foreach (string name in (string[])["MSBuildSDKsPath", "MSBUILD_EXE_PATH", "MSBuildExtensionsPath"]) start.Environment.Remove(name);
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: status {process.ExitCode}\n{output}\n{await error}");
        return output;
    }

    private static string Root()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Framework.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("Framework.sln was not found above the test's folder.");
    }
}
