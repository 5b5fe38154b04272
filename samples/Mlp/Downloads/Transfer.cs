using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Tapestry.Data;

namespace Tapestry.Samples.Mlp.Downloads;

/// <summary>
/// One file from one mirror, into a part file that goes on where it ended: after a broken connection, after Ctrl-C, on the next mirror. What cannot become the file is
/// deleted; whether it has become the file, only its digest says.
/// </summary>
internal sealed class Transfer(Requests requests, DownloadLimits limits, IDownloadWatcher watcher, PublishedFile file, Uri url, string part)
{
    private const int BlockLength = 1 << 16;

    /// <summary>The tag of the version that this mirror began to send, where it has one that can be relied on.</summary>
    private EntityTagHeaderValue? tag;

    /// <summary>Whether the part holds bytes that came from elsewhere, or before.</summary>
    private bool isInherited = File.Exists(part);

    /// <summary>Fetches the file until the part is whole and right.</summary>
    /// <exception cref="MirrorException">This mirror does not give the file.</exception>
    /// <exception cref="IOException">The part cannot be written.</exception>
    public async Task Run(CancellationToken cancellationToken)
    {
        if (isInherited && IsRight()) return;
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(limits.Total);
        try
        {
            for (int attempt = 1; !await Attempt(attempt == limits.Attempts, time.Token); attempt++)
            {
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MirrorException(time.IsCancellationRequested
                ? $"expected the file within {Seconds(limits.Total)}, got {Here} bytes"
                : $"expected data every {Seconds(limits.Silence)}, got none for that long after {Here} bytes");
        }
    }

    private long Here => File.Exists(part) ? new FileInfo(part).Length : 0;

    /// <summary>Asks once. False where it is worth asking again.</summary>
    private async Task<bool> Attempt(bool isLast, CancellationToken cancellationToken)
    {
        long begin = Here;
        if (begin > file.LongestPacked) begin = Forget();
        try
        {
            using HttpResponseMessage response = await Get(begin, cancellationToken);
            if (begin > 0 && response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                // The part is longer than the mirror's file, so it is no part of it.
                Forget();
                return isLast ? throw Unexpected(response) : false;
            }

            begin = Begin(response, begin);
            await Copy(response, begin, cancellationToken);
        }
        catch (Exception error) when (error is HttpRequestException or HttpIOException)
        {
            // A connection that broke is taken up again as long as something comes; a server that cannot be reached, or says no HTTP, is not.
            string what = error is HttpRequestException ? "a connection, got none" : $"more, got the end of the connection after {Here} bytes";
            if (isLast || Here <= begin) throw new MirrorException($"expected {what}: {error.Message.TrimEnd('.')}");
            watcher.OnTrouble($"{file.PackedName}: the connection to {url.Host} broke after {Here} bytes. Going on from there.");
            return false;
        }

        return Check(isLast);
    }

    private async Task<HttpResponseMessage> Get(long begin, CancellationToken cancellationToken)
    {
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(limits.Silence);
        return await requests.Get(url, begin, tag, silence.Token);
    }

    /// <summary>Checks what an answer announces, and gives the byte that it begins with.</summary>
    private long Begin(HttpResponseMessage response, long wanted)
    {
        HttpContentHeaders headers = response.Content.Headers;
        EntityTagHeaderValue? sent = response.Headers.ETag is { IsWeak: false } strong ? strong : null;
        long begin = 0;
        if (wanted > 0 && response.StatusCode == HttpStatusCode.PartialContent)
        {
            if (tag is not null && sent is not null && !tag.Equals(sent)) throw new MirrorException("expected the rest of the same file, got that of another version");
            if (headers.ContentRange is not { Unit: "bytes", From: { } from } || from != wanted) throw new MirrorException($"expected the bytes from {wanted} on, got {headers.ContentRange?.ToString() ?? "some that are not named"}");
            begin = wanted;
        }
        else if (response.StatusCode != HttpStatusCode.OK)
        {
            throw Unexpected(response);
        }

        if (headers.ContentType?.MediaType is "text/html") throw new MirrorException("expected a gzip file, got a web page");
        if (begin + headers.ContentLength > file.LongestPacked) throw new MirrorException($"expected at most {file.LongestPacked} bytes, got {begin + headers.ContentLength} announced");
        if (begin == 0) isInherited = false;
        tag = sent;
        return begin;
    }

    private async Task Copy(HttpResponseMessage response, long begin, CancellationToken cancellationToken)
    {
        long? total = begin + response.Content.Headers.ContentLength;
        await using Stream content = await response.Content.ReadAsStreamAsync(cancellationToken);

        // WriteThrough brings an error of the disk to the write, as for every file that is kept.
        await using FileStream stream = new(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0, FileOptions.WriteThrough);
        stream.SetLength(begin);
        stream.Position = begin;
        byte[] block = new byte[BlockLength];
        while (await Read(content, block, cancellationToken) is > 0 and int count)
        {
            string? wrong = begin + count > file.LongestPacked ? $"expected at most {file.LongestPacked} bytes, got more" : NoGzip(block.AsSpan(0, count), begin);
            if (wrong is not null)
            {
                await stream.DisposeAsync();
                Forget();
                throw new MirrorException(wrong);
            }

            await stream.WriteAsync(block.AsMemory(0, count), cancellationToken);
            begin += count;
            watcher.OnBytes(file.PackedName, begin, total);
        }
    }

    private async Task<int> Read(Stream content, byte[] block, CancellationToken cancellationToken)
    {
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(limits.Silence);
        try
        {
            return await content.ReadAsync(block, silence.Token);
        }
        catch (IOException error) when (error is not HttpIOException)
        {
            // The connection's, which must not be taken for one of the disk's.
            throw new HttpIOException(HttpRequestError.ResponseEnded, error.Message, error);
        }
    }

    /// <summary>Whether the part is the file now; false where it was begun elsewhere and should be fetched anew from here. What is wrong is deleted.</summary>
    private bool Check(bool isLast)
    {
        try
        {
            file.Check(part);
            return true;
        }
        catch (DataFormatException error)
        {
            bool again = isInherited && !isLast;
            Forget();
            if (!again) throw new MirrorException($"expected {file.PackedName}, got another file: {error.Message.TrimEnd('.')}");
            watcher.OnTrouble($"{file.PackedName}: the part that was there does not go with what {url.Host} has. Fetching all of it.");
            return false;
        }
    }

    /// <summary>Whether a part is whole: the program may have been killed just before it got its name.</summary>
    private bool IsRight()
    {
        try
        {
            file.Check(part);
            return true;
        }
        catch (DataFormatException)
        {
            return false;
        }
    }

    private long Forget()
    {
        File.Delete(part);
        (tag, isInherited) = (null, false);
        return 0;
    }

    /// <summary>What is wrong with the first bytes, as far as they have come; null where nothing is.</summary>
    private static string? NoGzip(ReadOnlySpan<byte> bytes, long position)
    {
        ReadOnlySpan<byte> magic = [0x1F, 0x8B];
        for (int i = 0; i < bytes.Length && position + i < magic.Length; i++)
        {
            if (bytes[i] != magic[(int)position + i]) return bytes[i] == (byte)'<' ? "expected a gzip file, got a web page" : "expected a gzip file, got something else";
        }

        return null;
    }

    private static MirrorException Unexpected(HttpResponseMessage response) => new($"expected status 200, got {(int)response.StatusCode}");

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
