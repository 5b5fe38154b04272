using System.Security.Cryptography;
using System.Text;
using Tapestry.Data;

namespace Tapestry.Training;

/// <summary>
/// The checksum of a checkpoint: the SHA-256 of the whole file with zeros in place of its own digits. It is the first text of the metadata, so its place in the file is
/// known before anything is read, and no bit of the file, be it of a number, a name or a blank, changes unnoticed.
/// </summary>
internal static class CheckpointChecksum
{
    /// <summary>Its name in the metadata.</summary>
    public const string Key = "checksum";

    private const int LengthBytes = 8;

    /// <summary>What every checkpoint begins with behind the header's length, up to the digits.</summary>
    private static ReadOnlySpan<byte> Opening => "{\"__metadata__\":{\"checksum\":\""u8;

    /// <summary>What stands in the place of the digits while they are computed.</summary>
    private static string Zeros { get; } = new('0', 2 * SHA256.HashSizeInBytes);

    /// <summary>Writes a file twice: to learn its checksum, and with it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="write">Writes the file with the checksum that it is given.</param>
    public static void Write(Stream stream, Action<Stream, string> write)
    {
        using SHA256 hash = SHA256.Create();
        using (CryptoStream hashed = new(Stream.Null, hash, CryptoStreamMode.Write)) write(hashed, Zeros);
        write(stream, Convert.ToHexStringLower(hash.Hash!));
    }

    /// <summary>Checks a file against the checksum in it.</summary>
    /// <exception cref="FormatException">The file has none in its place, or another.</exception>
    public static void Verify(string path)
    {
        using FileStream file = DataFile.Open(path, "a checkpoint");
        byte[] start = new byte[LengthBytes + Opening.Length + Zeros.Length];
        int count = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        Span<byte> digits = start.AsSpan(start.Length - Zeros.Length);
        if (count < start.Length || !start.AsSpan(LengthBytes).StartsWith(Opening)) throw new FormatException($"{DataFile.NameOf(path)}: expected a header that begins with a checksum, got one that does not. Was it saved by another version?");

        string expected = Encoding.Latin1.GetString(digits);
        digits.Fill((byte)'0');
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(start);
        byte[] buffer = new byte[1 << 16];
        while ((count = file.Read(buffer)) > 0) hash.AppendData(buffer, 0, count);
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != expected) throw new FormatException($"{DataFile.NameOf(path)}: expected a checkpoint as it was written, got one that has changed since: its checksum is another's.");
    }
}
