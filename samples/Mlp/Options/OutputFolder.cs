using System.Globalization;

namespace Tapestry.Samples.Mlp.Options;

/// <summary>The folder that a command is to write into.</summary>
internal static class OutputFolder
{
    /// <summary>Checks the folder's name, before anything is written.</summary>
    /// <param name="name">The option or argument, for messages.</param>
    /// <param name="path">What it was given.</param>
    /// <exception cref="UsageException">The path is empty, or a file stands in its way.</exception>
    public static void Check(string name, string path)
    {
        if (path.Length == 0) throw new UsageException($"{name}: expected the name of a folder, got an empty text.");
        for (string? part = Path.GetFullPath(path); part is not null; part = Path.GetDirectoryName(part))
        {
            if (File.Exists(part)) throw new UsageException($"{name}: expected a folder, got the file {part}. Choose another name.");
        }
    }

    /// <summary>Where a run goes that is told no folder: <c>runs/DATE-NAME</c>.</summary>
    public static string ForRun(string name) => Path.Combine("runs", string.Create(CultureInfo.InvariantCulture, $"{DateTime.Now:yyyyMMdd-HHmmss}-{name}"));
}
