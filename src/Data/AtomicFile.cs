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
    /// <exception cref="IOException">Something could not be written; the target is as it was.</exception>
    public static void Write(string path, Action<Stream> write, string? keepAs = null)
    {
        ArgumentNullException.ThrowIfNull(write);
        string temporary = path + ".tmp";
        try
        {
            // WriteThrough brings an error of the disk to the write; .NET swallows those of a later flush.
            using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.WriteThrough))
            {
                write(stream);
            }

            if (keepAs is not null && File.Exists(path)) File.Move(path, keepAs, overwrite: true);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
