using System.Net;
using System.Net.Http.Headers;

namespace Tapestry.Samples.Mlp.Downloads;

/// <summary>Asks servers for files: redirects are followed here, where they can be counted, and nothing is unpacked on the way.</summary>
internal sealed class Requests : IDisposable
{
    private readonly int redirects;
    private readonly HttpClient client;

    /// <param name="limits">What not to wait for.</param>
    public Requests(DownloadLimits limits)
    {
        redirects = limits.Redirects;
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = limits.Silence,
            Proxy = new SystemProxy(),
            UseCookies = false,
        };
        client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Asks for a file from a byte on, and gives the answer's head.</summary>
    /// <param name="url">Where.</param>
    /// <param name="from">The first byte wanted.</param>
    /// <param name="tag">What the bytes that are there belong to, where that is known: if it has changed, the server is to begin anew.</param>
    /// <param name="cancellationToken">Breaks off.</param>
    /// <exception cref="MirrorException">It sends elsewhere too often, or to where nobody should be sent.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached, or answers with what is no HTTP.</exception>
    public async Task<HttpResponseMessage> Get(Uri url, long from, EntityTagHeaderValue? tag, CancellationToken cancellationToken)
    {
        for (int hop = 0; ; hop++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, url);
            request.Headers.AcceptEncoding.ParseAdd("identity");
            request.Headers.UserAgent.ParseAdd("tapestry-mlp");
            if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
            if (from > 0 && tag is not null) request.Headers.IfRange = new RangeConditionHeaderValue(tag);
            HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)) return response;

            using (response)
            {
                if (hop == redirects) throw new MirrorException($"expected at most {redirects} redirects, got more");
                if (!Uri.TryCreate(url, response.Headers.Location, out Uri? next)) throw new MirrorException("expected a redirect to say where to, got none that does");
                bool isSafe = next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && url.Scheme == Uri.UriSchemeHttp);
                url = isSafe ? next : throw new MirrorException($"expected a redirect to {url.Scheme}, got one to {next.Scheme}");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    /// <summary>The proxy that the system names, but never for this machine's own addresses.</summary>
    private sealed class SystemProxy : IWebProxy
    {
        public ICredentials? Credentials
        {
            get => HttpClient.DefaultProxy.Credentials;
            set => throw new NotSupportedException();
        }

        public Uri? GetProxy(Uri destination) => HttpClient.DefaultProxy.GetProxy(destination);

        public bool IsBypassed(Uri host) => host.IsLoopback || HttpClient.DefaultProxy.IsBypassed(host);
    }
}
