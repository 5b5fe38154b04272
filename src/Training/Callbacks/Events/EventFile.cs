using System.Buffers.Binary;
using System.Numerics;

namespace Tapestry.Training.Events;

/// <summary>
/// TensorBoard's files of events, which are TensorFlow's records one behind the other: the length as 8 bytes, the length's masked checksum, the event, its masked checksum, all
/// little-endian. The checksum is CRC-32C.
/// </summary>
internal static class EventFile
{
    private const int LengthBytes = 8, ChecksumBytes = 4;

    /// <summary>Appends events to a file, which is made where there is none.</summary>
    public static void Append(string path, params IEnumerable<byte[]> events)
    {
        using MemoryStream records = new();
        foreach (byte[] one in events) Write(records, one);

        // At once: a reader waits at the end of a half-written record for the rest, but a killed process would leave it there.
        using FileStream stream = new(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        stream.Write(records.ToArray());
    }

    private static void Write(MemoryStream stream, byte[] payload)
    {
        Span<byte> length = stackalloc byte[LengthBytes], checksum = stackalloc byte[ChecksumBytes];
        BinaryPrimitives.WriteInt64LittleEndian(length, payload.Length);
        stream.Write(length);
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, MaskedChecksum(length));
        stream.Write(checksum);
        stream.Write(payload);
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, MaskedChecksum(payload));
        stream.Write(checksum);
    }

    /// <summary>CRC-32C, rotated and shifted, so that the checksum of bytes that hold checksums is a good one too.</summary>
    private static uint MaskedChecksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes) crc = BitOperations.Crc32C(crc, one);
        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }
}
