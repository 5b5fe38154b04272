using Tapestry.Data;

namespace Tapestry.Samples.Mlp.Downloads;

/// <summary>
/// Fetches a set's files, each from the first mirror that gives it. A file appears under its name whole and checked, or not at all; what came before an interruption waits
/// beside it as <c>.part</c>.
/// </summary>
internal sealed class Downloader(DownloadLimits limits, IDownloadWatcher watcher)
{
    /// <param name="files">What to fetch.</param>
    /// <param name="mirrors">Folders that may hold it, in the order to try them in.</param>
    /// <param name="directory">Where to; made if it does not exist.</param>
    /// <param name="cancellationToken">Breaks off; the part stays.</param>
    /// <exception cref="UsageException">Another file stands in the place of one of them.</exception>
    /// <exception cref="IOException">No mirror gives one of them, or the folder cannot be written.</exception>
    public async Task<IReadOnlyList<FetchedFile>> Fetch(IReadOnlyList<PublishedFile> files, IReadOnlyList<Uri> mirrors, string directory, CancellationToken cancellationToken)
    {
        // All are looked at before one is fetched: what the user has to put right is told at once.
        FetchedFile?[] present = [.. files.Select(file => Present(file, directory))];
        Directory.CreateDirectory(directory);
        using Requests requests = new(limits);
        List<FetchedFile> fetched = [];
        foreach ((PublishedFile file, FetchedFile? there) in files.Zip(present))
        {
            FetchedFile one = there ?? await Fetch(requests, file, mirrors, directory, cancellationToken);
            fetched.Add(one);
            watcher.OnFile(one);
        }

        return fetched;
    }

    /// <summary>The file if it is there, and right; null if nothing is.</summary>
    private static FetchedFile? Present(PublishedFile file, string directory)
    {
        // The plain one first, as that is what would be read.
        string? path = ((string[])[Path.Combine(directory, file.Name), Path.Combine(directory, file.PackedName)]).FirstOrDefault(DataFile.IsThere);
        if (path is null) return null;
        try
        {
            file.Check(path);
            return new FetchedFile(path, new FileInfo(path).Length, From: null);
        }
        catch (DataFormatException error)
        {
            throw new UsageException($"{path}: expected nothing, or the published file, got another. {error.Message} Remove it, or choose another folder with --output.");
        }
    }

    private async Task<FetchedFile> Fetch(Requests requests, PublishedFile file, IReadOnlyList<Uri> mirrors, string directory, CancellationToken cancellationToken)
    {
        string path = Path.Combine(directory, file.PackedName), part = path + ".part";
        for (int i = 0; i < mirrors.Count; i++)
        {
            Uri url = new(mirrors[i], file.PackedName);
            try
            {
                await new Transfer(requests, limits, watcher, file, url, part).Run(cancellationToken);

                // A rename within the folder: whoever reads sees the whole file or none.
                File.Move(part, path, overwrite: true);
                return new FetchedFile(path, new FileInfo(path).Length, url);
            }
            catch (MirrorException error)
            {
                watcher.OnTrouble($"{url}: {error.Message}.{(i + 1 < mirrors.Count ? " Trying the next mirror." : "")}");
            }
        }

        throw new IOException($"{file.PackedName}: expected it from {(mirrors.Count == 1 ? mirrors[0] : $"one of {mirrors.Count} mirrors")}, got it from none. Check the connection and run this again, which goes on where it ended, or name another server with --mirror.");
    }
}
