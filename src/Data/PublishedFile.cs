using System.Globalization;
using System.Security.Cryptography;

namespace Tapestry.Data;

/// <summary>A file of a published data set, and how to tell that a file is it: by its length and a digest, which are known before anything is fetched.</summary>
/// <param name="Name">Its name without <c>.gz</c>.</param>
/// <param name="Length">Its uncompressed length in bytes.</param>
/// <param name="Sha256">The SHA-256 in small hexadecimal digits, of what <paramref name="IsDigestOfPacked"/> says.</param>
/// <param name="IsDigestOfPacked">
/// Whether the digest is of the compressed file, as it is published, rather than of the uncompressed bytes: then the same bytes compressed anew are not recognized.
/// </param>
public sealed record PublishedFile(string Name, long Length, string Sha256, bool IsDigestOfPacked = false)
{
    /// <summary>The name under which it is published and kept.</summary>
    public string PackedName => Name + ".gz";

    /// <summary>The longest compressed file that can be it: where nothing repeats, DEFLATE's fixed codes take nine bits for eight; and some room for a header.</summary>
    public long LongestPacked => Length + (Length >> 3) + 4096;

    /// <summary>
    /// Checks that a file holds these bytes. Compressed ones are unpacked to nowhere, and no further than a byte beyond the length: a file that would unpack without end is
    /// refused there.
    /// </summary>
    /// <param name="path">The file, plain or gzip: its first bytes tell.</param>
    /// <exception cref="DataFormatException">It is another file, or a damaged one.</exception>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    public void Check(string path)
    {
        string name = DataFile.NameOf(path);
        using FileStream file = DataFile.Open(path, "an IDX file");
        if (file.Length > LongestPacked) throw Error(name, $"at most {LongestPacked} bytes", $"{file.Length}");
        byte[] start = new byte[GzipReader.Magic.Length];
        int count = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        bool isPacked = start.AsSpan(0, count).SequenceEqual(GzipReader.Magic);
        if (IsDigestOfPacked && !isPacked) throw Error(name, $"{PackedName} as it was published", "a file that is not gzip");

        file.Position = 0;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (isPacked)
        {
            byte[] packed = new byte[file.Length];
            file.ReadExactly(packed);
            using GzipReader unpacked = new(packed, name);
            CheckLength(name, unpacked, IsDigestOfPacked ? null : hash);
            if (IsDigestOfPacked) hash.AppendData(packed);
        }
        else
        {
            CheckLength(name, file, hash);
        }

        string digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (digest != Sha256) throw Error(name, $"{(IsDigestOfPacked ? "the published file" : $"{Length} bytes")} with SHA-256 {Sha256}", digest);
    }

    private void CheckLength(string name, Stream content, IncrementalHash? hash)
    {
        byte[] buffer = new byte[1 << 16];
        long length = 0;
        for (int count; length <= Length && (count = content.Read(buffer)) > 0; length += count) hash?.AppendData(buffer, 0, count);
        if (length != Length) throw Error(name, $"{Length} uncompressed bytes", length > Length ? "more" : $"{length}");
    }

    private static DataFormatException Error(string name, FormattableString expected, FormattableString got) => new(
        $"{name}: expected {expected.ToString(CultureInfo.InvariantCulture)}, got {got.ToString(CultureInfo.InvariantCulture)}. It is another file, or a damaged one: fetch it again.");

    private static DataFormatException Error(string name, FormattableString expected, string got) => Error(name, expected, (FormattableString)$"{got}");
}
