using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Tapestry.Data;
using Tapestry.Samples.Mlp;
using Tapestry.Samples.Mlp.Downloads;

namespace Tapestry.Mlp.Tests;

/// <summary>Servers that fail in every way that servers fail in: each gives one clear line, the next mirror is asked, and nothing wrong is kept. All of them are on 127.0.0.1.</summary>
public sealed class DownloadTests : IDisposable
{
    private const string Name = "labels";

    private static readonly byte[] Content = MakeContent(seed: 1);
    private static readonly byte[] Packed = Pack(Content);
    private static readonly PublishedFile File = new(Name, Content.Length, Convert.ToHexStringLower(SHA256.HashData(Content)));
    private static readonly DownloadLimits Limits = new(Silence: TimeSpan.FromSeconds(20), Total: TimeSpan.FromSeconds(60), Redirects: 3, Attempts: 4);

    private readonly TemporaryFolder folder = new();
    private readonly Watcher watcher = new();

    private string Target => folder[Name + ".gz"];

    private string Part => Target + ".part";

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string> Failures() => new()
    {
        { "status 404", "expected status 200, got 404" },
        { "status 500", "expected status 200, got 500" },
        { "status 206 unasked", "expected status 200, got 206" },
        { "status 204", "expected status 200, got 204" },
        { "a web page", "expected a gzip file, got a web page" },
        { "a web page under another type", "expected a gzip file, got a web page" },
        { "text", "expected a gzip file, got something else" },
        { "the bytes unpacked", "expected a gzip file, got something else" },
        { "nothing", "got another file: labels.gz.part: expected an IDX file, got an empty file" },
        { "another file", $"got another file: labels.gz.part: expected {Content.Length} bytes with SHA-256 {File.Sha256}, got " },
        { "a longer file", $"got another file: labels.gz.part: expected {Content.Length} uncompressed bytes, got more" },
        { "a bomb", $"got another file: labels.gz.part: expected {Content.Length} uncompressed bytes, got more" },
        { "a byte changed", "got another file: labels.gz.part: expected " },
        { "a byte more", "got another file: labels.gz.part: expected nothing after the gzip data" },
        { "cut, with the length of what is there", "got another file: labels.gz.part: expected " },
        { "a length too small", "got another file: labels.gz.part: expected " },
        { "a length announced that cannot be", $"expected at most {File.LongestPacked} bytes, got 9000000000000 announced" },
        { "bytes without end", $"expected at most {File.LongestPacked} bytes, got more" },
        { "chunks without end", $"expected at most {File.LongestPacked} bytes, got more" },
        { "chunks of a wrong length", "got the end of the connection after" },
        { "a redirect to itself", "expected at most 3 redirects, got more" },
        { "a redirect to a file", "expected a redirect to http, got one to file" },
        { "a redirect to nowhere", "expected a redirect to say where to, got none that does" },
        { "no HTTP", "expected a connection, got none" },
        { "the end at once", "expected a connection, got none" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_mirror_that_fails_is_told_in_a_line_and_the_next_one_asked(string what, string expected)
    {
        using Mirror bad = Failing(what), good = Mirror.Of(Packed);

        FetchedFile fetched = Assert.Single(await Fetch(Limits, bad.Url, good.Url));

        string line = Assert.Single(watcher.Troubles);
        Assert.StartsWith($"{bad.Url}labels.gz: ", line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.EndsWith(". Trying the next mirror.", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, char.IsControl);
        Assert.Equal(good.Url, new Uri(fetched.From!, "."));
        OnlyTheFile();
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Where_every_mirror_fails_nothing_is_kept(string what, string expected)
    {
        using Mirror bad = Failing(what);

        IOException error = await Assert.ThrowsAsync<IOException>(() => Fetch(Limits, bad.Url));

        Assert.StartsWith($"labels.gz: expected it from {bad.Url}, got it from none.", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, Assert.Single(watcher.Troubles), StringComparison.Ordinal);
        if (!what.StartsWith("chunks of", StringComparison.Ordinal)) Assert.Empty(Directory.GetFiles(folder.Path));
        Assert.False(System.IO.File.Exists(Target));
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_a_mirror_that_fails()
    {
        Uri gone;
        using (Mirror ended = Mirror.Of(Packed)) gone = ended.Url;
        using Mirror good = Mirror.Of(Packed);

        await Fetch(Limits, gone, good.Url);

        Assert.Contains("expected a connection, got none", Assert.Single(watcher.Troubles), StringComparison.Ordinal);
        OnlyTheFile();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mirror_that_falls_silent_is_given_up_and_what_came_is_gone_on_from(bool sendsSome)
    {
        using Mirror silent = new(async (asked, stream, stop) =>
        {
            if (sendsSome) await Mirror.Send(stream, Packed, asked, "\"1\"", breakAfter: 1000);
            await Task.Delay(Timeout.Infinite, stop);
        });
        using Mirror good = Mirror.Of(Packed);

        await Fetch(Limits with { Silence = TimeSpan.FromSeconds(1) }, silent.Url, good.Url);

        Assert.Contains($"expected data every 1 s, got none for that long after {(sendsSome ? 1000 : 0)} bytes", Assert.Single(watcher.Troubles), StringComparison.Ordinal);
        Assert.Equal(sendsSome ? 1000 : 0, Assert.Single(good.Requests).From);
        OnlyTheFile();
    }

    [Fact]
    public async Task A_mirror_that_drips_is_given_up_when_its_time_is_over()
    {
        using Mirror slow = new(async (asked, stream, stop) =>
        {
            await Mirror.Send(stream, Packed, asked, "\"1\"", breakAfter: 10);
            for (int i = 10; ; i++)
            {
                await Task.Delay(20, stop);
                await stream.WriteAsync(Packed.AsMemory(i, 1), stop);
            }
        });
        using Mirror good = Mirror.Of(Packed);

        await Fetch(Limits with { Total = TimeSpan.FromSeconds(1) }, slow.Url, good.Url);

        Assert.Contains("expected the file within 1 s, got ", Assert.Single(watcher.Troubles), StringComparison.Ordinal);
        OnlyTheFile();
    }

    [Fact]
    public async Task A_connection_that_breaks_is_taken_up_where_it_broke_for_the_same_version()
    {
        int requests = 0;
        using Mirror mirror = new((asked, stream, _) => Mirror.Send(stream, Packed, asked, "\"v1\"", breakAfter: Interlocked.Increment(ref requests) < 3 ? 20_000 : int.MaxValue));

        await Fetch(Limits, mirror.Url);

        Assert.Equal([new Asked("/files/labels.gz", 0, null), new("/files/labels.gz", 20_000, "\"v1\""), new("/files/labels.gz", 40_000, "\"v1\"")], mirror.Requests);
        Assert.Equal(2, watcher.Troubles.Count);
        Assert.Equal("labels.gz: the connection to 127.0.0.1 broke after 20000 bytes. Going on from there.", watcher.Troubles[0]);
        OnlyTheFile();
    }

    [Fact]
    public async Task A_file_that_changes_meanwhile_is_fetched_from_its_beginning()
    {
        byte[] old = Pack(MakeContent(seed: 2));
        int requests = 0;
        using Mirror mirror = new((asked, stream, _) => Interlocked.Increment(ref requests) == 1
            ? Mirror.Send(stream, old, asked, "\"old\"", breakAfter: 20_000)
            : Mirror.Send(stream, Packed, asked, "\"new\""));

        await Fetch(Limits, mirror.Url);

        Assert.Equal(2, mirror.Requests.Count);
        OnlyTheFile();
    }

    [Fact]
    public async Task A_mirror_that_goes_on_with_another_version_is_left()
    {
        int requests = 0;
        using Mirror bad = new((asked, stream, _) => Mirror.Send(stream, Packed, asked with { IfRange = null }, Interlocked.Increment(ref requests) == 1 ? "\"1\"" : "\"2\"", breakAfter: 20_000));
        using Mirror good = Mirror.Of(Packed);

        await Fetch(Limits, bad.Url, good.Url);

        Assert.Contains("expected the rest of the same file, got that of another version", watcher.Troubles[^1], StringComparison.Ordinal);
        OnlyTheFile();
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_is_read_from_the_beginning()
    {
        await System.IO.File.WriteAllBytesAsync(Part, Packed[..5000]);
        using Mirror mirror = new((asked, stream, _) => Mirror.Send(stream, Packed, asked with { From = 0 }, "\"1\""));

        await Fetch(Limits, mirror.Url);

        Assert.Equal(5000, Assert.Single(mirror.Requests).From);
        Assert.Empty(watcher.Troubles);
        OnlyTheFile();
    }

    [Theory]
    [InlineData("Content-Range: bytes 0-9/100", "expected the bytes from 5000 on, got bytes 0-9/100")]
    [InlineData("Content-Range: bytes 5001-9999/10000", "expected the bytes from 5000 on, got bytes 5001-9999/10000")]
    [InlineData("Content-Range: lines 5000-9999/10000", "expected the bytes from 5000 on, got lines 5000-9999/10000")]
    [InlineData("Content-Range: bytes 9-1/-5", "expected the bytes from 5000 on, got some that are not named")]
    [InlineData("X-None: 1", "expected the bytes from 5000 on, got some that are not named")]
    [InlineData("Content-Range: bytes 5000-9999999999/10000000000\nContent-Length: 9999995000", "bytes, got 10000000000 announced")]
    public async Task A_wrong_range_is_not_appended(string header, string expected)
    {
        await System.IO.File.WriteAllBytesAsync(Part, Packed[..5000]);
        using Mirror bad = Mirror.Raw($"HTTP/1.1 206 Partial Content\n{header}", new byte[100]), good = Mirror.Of(Packed);

        await Fetch(Limits, bad.Url, good.Url);

        Assert.Contains(expected, Assert.Single(watcher.Troubles), StringComparison.Ordinal);
        Assert.Equal(5000, Assert.Single(good.Requests).From);
        OnlyTheFile();
    }

    public static TheoryData<string, int> Leftovers() => new() { { "another file's", 5000 }, { "another file's", 1 }, { "longer than the file", Packed.Length + 1 }, { "longer than it can be", (int)File.LongestPacked + 1 }, { "as long", Packed.Length } };

    [Theory]
    [MemberData(nameof(Leftovers))]
    public async Task A_part_that_does_not_belong_to_the_file_costs_a_second_try_on_the_same_mirror_and_no_more(string what, int length)
    {
        byte[] other = new byte[length];
        new Random(3).NextBytes(other);
        await System.IO.File.WriteAllBytesAsync(Part, other);
        using Mirror mirror = Mirror.Of(Packed);

        await Fetch(Limits, mirror.Url);

        Assert.True(mirror.Requests.Count <= 2, what);
        Assert.Equal(0, mirror.Requests.Last().From);
        OnlyTheFile();
    }

    [Fact]
    public async Task A_part_that_is_whole_gets_its_name_without_a_request()
    {
        await System.IO.File.WriteAllBytesAsync(Part, Packed);
        using Mirror mirror = Mirror.Of(Packed);

        await Fetch(Limits, mirror.Url);

        Assert.Empty(mirror.Requests);
        OnlyTheFile();
    }

    [Fact]
    public async Task An_interruption_leaves_the_part_alone_and_the_next_call_goes_on_from_there()
    {
        using CancellationTokenSource source = new();
        using (Mirror endless = new(async (asked, stream, stop) =>
        {
            await Mirror.Send(stream, Packed, asked, "\"1\"", breakAfter: 30_000);
            await Task.Delay(Timeout.Infinite, stop);
        }))
        {
            watcher.Bytes = count =>
            {
                if (count == 30_000) source.Cancel();
            };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Downloader(Limits, watcher).Fetch([File], [endless.Url], folder.Path, source.Token));
        }

        Assert.Equal([Part], Directory.GetFiles(folder.Path));
        Assert.Equal(Packed[..30_000], await System.IO.File.ReadAllBytesAsync(Part));
        using Mirror mirror = Mirror.Of(Packed);
        await Fetch(Limits, mirror.Url);
        Assert.Equal(30_000, Assert.Single(mirror.Requests).From);
        OnlyTheFile();
    }

    [Fact]
    public async Task Redirects_are_followed_relative_ones_too()
    {
        using Mirror good = Mirror.Of(Packed);
        using Mirror first = new(async (asked, stream, stop) => await stream.WriteAsync(Encoding.Latin1.GetBytes(
            $"HTTP/1.1 302 Found\r\nLocation: {(asked.Path == "/elsewhere" ? $"{good.Url}labels.gz" : "/elsewhere")}\r\nContent-Length: 0\r\n\r\n"), stop));

        await Fetch(Limits, first.Url);

        Assert.Equal(["/files/labels.gz", "/elsewhere"], first.Requests.Select(asked => asked.Path));
        OnlyTheFile();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_there_and_right_is_not_fetched(bool isPacked)
    {
        await System.IO.File.WriteAllBytesAsync(folder[isPacked ? "labels.gz" : "labels"], isPacked ? Packed : Content);
        using Mirror mirror = Mirror.Of(Packed);

        Assert.Null(Assert.Single(await Fetch(Limits, mirror.Url)).From);

        Assert.Empty(mirror.Requests);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("labels")]
    [InlineData("labels.gz")]
    public async Task What_is_there_and_another_file_is_somebodys_and_left_alone(string name)
    {
        byte[] other = Pack(MakeContent(seed: 2));
        await System.IO.File.WriteAllBytesAsync(folder[name], other);
        using Mirror mirror = Mirror.Of(Packed);

        UsageException error = await Assert.ThrowsAsync<UsageException>(() => Fetch(Limits, mirror.Url));

        Assert.StartsWith($"{folder[name]}: expected nothing, or the published file, got another.", error.Message, StringComparison.Ordinal);
        Assert.Empty(mirror.Requests);
        Assert.Equal(other, await System.IO.File.ReadAllBytesAsync(folder[name]));
    }

    [Fact]
    public async Task A_digest_of_the_packed_file_refuses_the_same_bytes_packed_otherwise()
    {
        PublishedFile strict = new(Name, Content.Length, Convert.ToHexStringLower(SHA256.HashData(Packed)), IsDigestOfPacked: true);
        using Mirror other = Mirror.Of(Pack(Content, CompressionLevel.Fastest)), good = Mirror.Of(Packed);

        await new Downloader(Limits, watcher).Fetch([strict], [other.Url, good.Url], folder.Path, CancellationToken.None);

        string line = Assert.Single(watcher.Troubles);
        Assert.True(line.Contains("expected the published file with SHA-256", StringComparison.Ordinal), line);
        OnlyTheFile();
    }

    private Task<IReadOnlyList<FetchedFile>> Fetch(DownloadLimits limits, params Uri[] mirrors) =>
        new Downloader(limits, watcher).Fetch([File], mirrors, folder.Path, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2));

    private void OnlyTheFile()
    {
        Assert.Equal([Target], Directory.GetFiles(folder.Path));
        Assert.Equal(Packed, System.IO.File.ReadAllBytes(Target));
    }

    private static Mirror Failing(string what)
    {
        static string Ok(long length) => $"HTTP/1.1 200 OK\nContent-Length: {length}";
        byte[] page = "<!DOCTYPE html><html>not here</html>"u8.ToArray(), other = Pack(MakeContent(seed: 2)), longer = Pack([.. Content, 0]), bomb = Pack(new byte[100 * Content.Length]), changed = [.. Packed];
        Assert.True(bomb.Length < File.LongestPacked);
        changed[Packed.Length / 2] ^= 1;
        return what switch
        {
            "status 404" => Mirror.Raw("HTTP/1.1 404 Not Found\nContent-Type: text/html\nContent-Length: 36", page),
            "status 500" => Mirror.Raw("HTTP/1.1 500 Internal Server Error\nContent-Length: 0"),
            "status 206 unasked" => Mirror.Raw($"HTTP/1.1 206 Partial Content\nContent-Range: bytes 0-9/{Packed.Length}\nContent-Length: 10", Packed[..10]),
            "status 204" => Mirror.Raw("HTTP/1.1 204 No Content"),
            "a web page" => Mirror.Raw("HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\nContent-Length: 36", page),
            "a web page under another type" => Mirror.Raw($"{Ok(36)}\nContent-Type: application/gzip", page),
            "text" => Mirror.Raw(Ok(9), "not found"u8.ToArray()),
            "the bytes unpacked" => Mirror.Raw(Ok(Content.Length), Content),
            "nothing" => Mirror.Raw(Ok(0)),
            "another file" => Mirror.Raw(Ok(other.Length), other),
            "a longer file" => Mirror.Raw(Ok(longer.Length), longer),
            "a bomb" => Mirror.Raw(Ok(bomb.Length), bomb),
            "a byte changed" => Mirror.Raw(Ok(changed.Length), changed),
            "a byte more" => Mirror.Raw(Ok(Packed.Length + 1), [.. Packed, 7]),
            "cut, with the length of what is there" => Mirror.Raw(Ok(Packed.Length - 9), Packed[..^9]),
            "a length too small" => Mirror.Raw(Ok(Packed.Length - 1), Packed),
            "a length announced that cannot be" => Mirror.Raw(Ok(9_000_000_000_000), Packed),
            "bytes without end" => new Mirror(async (_, stream, stop) =>
            {
                await stream.WriteAsync((byte[])[.. "HTTP/1.1 200 OK\r\n\r\n"u8, 0x1F, 0x8B], stop);
                while (true) await stream.WriteAsync(new byte[5000], stop);
            }),
            "chunks without end" => new Mirror(async (_, stream, stop) =>
            {
                await stream.WriteAsync((byte[])[.. "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n"u8, 0x1F, 0x8B, .. "\r\n"u8], stop);
                while (true) await stream.WriteAsync((byte[])[.. "400\r\n"u8, .. new byte[0x400], .. "\r\n"u8], stop);
            }),
            "chunks of a wrong length" => Mirror.Raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked", "xyz\r\nabc"u8.ToArray()),
            "a redirect to itself" => Mirror.Raw("HTTP/1.1 302 Found\nLocation: /files/labels.gz\nContent-Length: 0"),
            "a redirect to a file" => Mirror.Raw("HTTP/1.1 301 Moved Permanently\nLocation: file:///etc/hostname\nContent-Length: 0"),
            "a redirect to nowhere" => Mirror.Raw("HTTP/1.1 307 Temporary Redirect\nContent-Length: 0"),
            "no HTTP" => Mirror.Raw("220 ready"),
            "the end at once" => new Mirror((_, _, _) => Task.CompletedTask),
            _ => throw new ArgumentException(what),
        };
    }

    /// <summary>Bytes that gzip makes little of, so that the file has many blocks.</summary>
    private static byte[] MakeContent(int seed)
    {
        byte[] content = new byte[150_000];
        new Random(seed).NextBytes(content);
        return content;
    }

    private static byte[] Pack(byte[] content, CompressionLevel level = CompressionLevel.Optimal)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, level, leaveOpen: true)) gzip.Write(content);
        return packed.ToArray();
    }

    private sealed class Watcher : IDownloadWatcher
    {
        public List<string> Troubles { get; } = [];

        public Action<long> Bytes { get; set; } = _ => { };

        public void OnBytes(string file, long count, long? total) => Bytes(count);

        public void OnTrouble(string sentence) => Troubles.Add(sentence);

        public void OnFile(FetchedFile file)
        {
        }
    }
}
