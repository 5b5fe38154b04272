using Tapestry.Data;

namespace Tapestry.Samples.Mlp.Downloads;

/// <summary>
/// Where published sets are kept: in the folder that TAPESTRY_DATA names; else in <c>tapestry</c> in the user's cache, which XDG_CACHE_HOME, and on Windows the system,
/// says: <c>~/.cache/tapestry/mnist</c>.
/// </summary>
internal static class DataFolder
{
    /// <summary>The folder of a set, whether there is one or not.</summary>
    public static string Of(PublishedSet set) => Path.Combine(Root(), set.Name);

    /// <summary>Whether all files of a set lie in a folder. They are checked when they are read.</summary>
    public static bool HasAll(PublishedSet set, string directory) =>
        set.Files.All(file => DataFile.IsThere(Path.Combine(directory, file.Name)) || DataFile.IsThere(Path.Combine(directory, file.PackedName)));

    private static string Root()
    {
        if (Environment.GetEnvironmentVariable("TAPESTRY_DATA") is { Length: > 0 } named) return named;
        if (OperatingSystem.IsWindows()) return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "tapestry");

        // The specification asks to pass over a relative one.
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        return Path.Combine(Path.IsPathFullyQualified(cache ?? "") ? cache! : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "tapestry");
    }
}
