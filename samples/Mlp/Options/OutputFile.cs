namespace Tapestry.Samples.Mlp.Options;

/// <summary>Checks the name of a file that is to be written, before anything is.</summary>
internal static class OutputFile
{
    /// <param name="name">The option, for messages.</param>
    /// <param name="path">What it was given.</param>
    /// <exception cref="UsageException">The path is empty, is taken, or lies in no folder.</exception>
    public static void Check(string name, string path)
    {
        if (path.Length == 0) throw new UsageException($"{name}: expected the name of a file, got an empty text.");
        if (Path.Exists(path)) throw new UsageException($"{name}: expected a file that does not exist yet, got {path}. Remove it, or choose another name.");
        string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder)) throw new UsageException($"{name}: expected a file in a folder that exists, got {path}. Make the folder first.");
    }
}
