using System.IO.Compression;

namespace Tapestry.Data.Tests;

internal static class Gzip
{
    /// <summary>One gzip member that holds the bytes.</summary>
    public static byte[] Pack(params ReadOnlySpan<byte> bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(bytes);

        // An empty stream is written as nothing at all; this is the empty member: header, one empty block, check sum 0, size 0.
        return packed.Length > 0 ? packed.ToArray() : [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }
}
