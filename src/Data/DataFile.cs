namespace Tapestry.Data;

/// <summary>Opens files that somebody named, and refuses what is none: a folder, a device, a pipe, nothing at all.</summary>
public static class DataFile
{
    /// <summary>The name of a file for messages.</summary>
    public static string NameOf(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path));

    /// <summary>Whether there is a file with something in it. A device or a pipe has a length of 0, and opening a pipe would wait for somebody to write into it.</summary>
    public static bool HasContent(string path) => !Directory.Exists(path) && Target(path) is FileInfo { Exists: true, Length: > 0 };

    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What is expected there, for messages: "an IDX file".</param>
    /// <exception cref="DataFormatException">The path is a folder, a device or an empty file.</exception>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    public static FileStream Open(string path, string kind)
    {
        string name = NameOf(path);
        if (Directory.Exists(path)) throw new DataFormatException($"{name}: expected a file, got a folder. Put the file in its place, or name one inside it.");
        if (Target(path) is not { Exists: true })
        {
            throw IsLink(path)
                ? new FileNotFoundException($"{name}: expected a file, got nothing: {path} is a link to a file that does not exist. Mend the link, or put the file in its place.", path)
                : new FileNotFoundException($"{name}: expected a file, got nothing at {path}. Is the path right?", path);
        }

        if (!HasContent(path)) throw new DataFormatException($"{name}: expected {kind}, got an empty file or a device. Fetch the file again.");
        try
        {
            return File.OpenRead(path);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{name}: expected a file that may be read, got none. Check its permissions.", e);
        }
    }

    /// <summary>Whether something of that name lies there, be it only a link that leads nowhere.</summary>
    public static bool IsThere(string path) => Path.Exists(path) || IsLink(path);

    /// <summary>What a path leads to, over links: a link's own length says nothing.</summary>
    private static FileSystemInfo? Target(string path)
    {
        try
        {
            return Path.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path) : null;
        }
        catch (IOException)
        {
            // Links that lead round in a circle.
            return null;
        }
    }

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;
}
