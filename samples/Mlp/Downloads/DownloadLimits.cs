namespace Tapestry.Samples.Mlp.Downloads;

/// <summary>How long and how often to try before a mirror is given up.</summary>
/// <param name="Silence">How long nothing may come.</param>
/// <param name="Total">How long one file from one mirror may take: a server that sends a byte now and then is never silent.</param>
/// <param name="Redirects">How often it may send elsewhere.</param>
/// <param name="Attempts">How often a broken connection is taken up again.</param>
internal sealed record DownloadLimits(TimeSpan Silence, TimeSpan Total, int Redirects, int Attempts)
{
    public static DownloadLimits Default { get; } = new(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(30), Redirects: 5, Attempts: 5);
}
