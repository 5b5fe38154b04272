using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tapestry.Mlp.Tests;

/// <summary>What a mirror was asked.</summary>
internal sealed record Asked(string Path, long From, string? IfRange);

/// <summary>A server on 127.0.0.1 that answers as it is told, byte for byte: it can break every rule of HTTP.</summary>
internal sealed class Mirror : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<Asked, Stream, CancellationToken, Task> answer;
    private readonly Task serving;

    public Mirror(Func<Asked, Stream, CancellationToken, Task> answer)
    {
        this.answer = answer;
        listener.Start();
        serving = Serve();
    }

    public ConcurrentQueue<Asked> Requests { get; } = [];

    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/files/"));

    /// <summary>A mirror as it should be: it honours ranges, and has a tag.</summary>
    public static Mirror Of(byte[] file, string tag = "\"1\"") => new((asked, stream, _) => Send(stream, file, asked, tag));

    /// <summary>One that answers every request with the same bytes.</summary>
    public static Mirror Raw(string head, params byte[] body) => new(async (_, stream, stop) => await stream.WriteAsync((byte[])[.. Encoding.Latin1.GetBytes(head.ReplaceLineEndings("\r\n") + "\r\n\r\n"), .. body], stop));

    /// <summary>Sends a file, or the rest of it where the same version is asked for; the connection breaks where told.</summary>
    public static async Task Send(Stream stream, byte[] file, Asked asked, string tag, int breakAfter = int.MaxValue)
    {
        bool isRest = asked.From > 0 && (asked.IfRange is null || asked.IfRange == tag);
        bool isBeyond = isRest && asked.From >= file.Length;
        string head = isBeyond ? $"416 Range Not Satisfiable\r\nContent-Range: bytes */{file.Length}"
            : isRest ? $"206 Partial Content\r\nContent-Range: bytes {asked.From}-{file.Length - 1}/{file.Length}"
            : "200 OK";
        byte[] body = isBeyond ? [] : isRest ? file[(int)asked.From..] : file;
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 {head}\r\nContent-Length: {body.Length}\r\nETag: {tag}\r\nContent-Type: application/gzip\r\n\r\n"));
        await stream.WriteAsync(body.AsMemory(0, Math.Min(body.Length, breakAfter)));
    }

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        serving.Wait();
        stop.Dispose();
    }

    private async Task Serve()
    {
        List<Task> clients = [];
        try
        {
            while (true) clients.Add(Answer(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }

        await Task.WhenAll(clients);
    }

    /// <summary>One request a connection, which is closed behind the answer.</summary>
    private async Task Answer(TcpClient client)
    {
        try
        {
            using (client)
            {
                NetworkStream stream = client.GetStream();
                using StreamReader reader = new(stream, Encoding.Latin1, leaveOpen: true);
                string path = (await reader.ReadLineAsync(stop.Token) ?? " ").Split(' ')[1];
                Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
                while (await reader.ReadLineAsync(stop.Token) is { Length: > 0 } line) headers[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
                long from = headers.TryGetValue("Range", out string? range) ? long.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture) : 0;
                Asked asked = new(path, from, headers.GetValueOrDefault("If-Range"));
                Requests.Enqueue(asked);
                await answer(asked, stream, stop.Token);
                client.Client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
        {
            // The client has gone away, or the test is over.
        }
    }
}
