namespace Tapestry.Data;

/// <summary>Writes files that are whole or not there.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes beside the target, then renames over it: whoever reads sees the old content or the new, never a part. The temporary file stays in the target's folder,
    /// since a move to another file system would copy.
    /// </summary>
    /// <param name="path">The target.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="keepAs">Where the content before goes; nowhere unless told otherwise.</param>
    /// <exception cref="IOException">Something could not be written; the target is as it was, or, where not even that is possible any more, at <paramref name="keepAs"/>.</exception>
    public static void Write(string path, Action<Stream> write, string? keepAs = null)
    {
        ArgumentNullException.ThrowIfNull(write);
        string temporary = path + ".tmp";
        bool kept = false;
        try
        {
            // WriteThrough brings an error of the disk to the write; .NET swallows those of a later flush.
            using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.WriteThrough))
            {
                write(stream);
            }

            if (keepAs is not null && File.Exists(path))
            {
                File.Move(path, keepAs, overwrite: true);
                kept = true;
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            if (kept) Try(() => File.Move(keepAs!, path, overwrite: true));
            Try(() => File.Delete(temporary));
            throw;
        }
    }

    /// <summary>Tidies up after an error; where that fails too, the first error is the one to tell.</summary>
    private static void Try(Action tidy)
    {
        try
        {
            tidy();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }
}
