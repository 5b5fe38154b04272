using System.Globalization;

namespace Tapestry.Samples.Mlp.Downloads;

/// <summary>A download told in plain lines: one a file, and one for whatever goes wrong.</summary>
internal sealed class DownloadLines(Terminal terminal) : IDownloadWatcher
{
    /// <inheritdoc/>
    public void OnBytes(string file, long count, long? total)
    {
    }

    /// <inheritdoc/>
    public void OnTrouble(string sentence) => terminal.Note($"mlp: {sentence.ReplaceLineEndings(" ")}");

    /// <inheritdoc/>
    public void OnFile(FetchedFile file) => terminal.Note(string.Create(
        CultureInfo.InvariantCulture, $"{Path.GetFileName(file.Path)}: {file.Length} bytes {(file.From is null ? "were there already" : $"from {file.From.Host}")}"));
}
