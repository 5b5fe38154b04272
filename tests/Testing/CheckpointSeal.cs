using System.Security.Cryptography;
using System.Text;

namespace Tapestry.Testing;

/// <summary>Seals checkpoints that a test has changed, written here a second time: the SHA-256 of the file with zeros for its 64 digits, which follow the header's opening.</summary>
public static class CheckpointSeal
{
    private const string Opening = "{\"__metadata__\":{\"checksum\":\"";
    private const int LengthBytes = 8, Digits = 64;

    /// <summary>Where the digits stand.</summary>
    public static int DigitsAt => LengthBytes + Opening.Length;

    /// <summary>The file with the checksum that it should have; as it is, where it has no place for one.</summary>
    public static byte[] Seal(byte[] file)
    {
        if (file.Length < DigitsAt + Digits || Encoding.Latin1.GetString(file, LengthBytes, Opening.Length) != Opening) return file;
        byte[] result = [.. file];
        result.AsSpan(DigitsAt, Digits).Fill((byte)'0');
        Encoding.Latin1.GetBytes(Convert.ToHexStringLower(SHA256.HashData(result))).CopyTo(result, DigitsAt);
        return result;
    }
}
