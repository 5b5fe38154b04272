using System.Runtime.CompilerServices;

namespace Tapestry.Testing;

/// <summary>Where the sources lie, for tests that keep a page or a table true.</summary>
public static class Repository
{
    /// <summary>The folder that holds Framework.sln.</summary>
    public static string Root { get; } = Find();

    private static string Find([CallerFilePath] string file = "")
    {
        DirectoryInfo? directory = Directory.GetParent(file);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Framework.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException($"Framework.sln was not found above {file}.");
    }
}
