namespace Tapestry.Samples.Mlp.Downloads;

/// <summary>A file of a set that is there and right.</summary>
/// <param name="Path">Where.</param>
/// <param name="Length">Its length on disk.</param>
/// <param name="From">Where from; null if it was there before.</param>
internal sealed record FetchedFile(string Path, long Length, Uri? From);
