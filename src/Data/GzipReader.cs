using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;

namespace Tapestry.Data;

/// <summary>
/// Inflates a gzip file that must be whole: every member ends, its check sum and size are right, and nothing follows the last one.
/// The platform's GZipStream gives a short read where a file is cut off and ignores what follows the last member, so members are taken apart here and only
/// their DEFLATE data is left to the platform.
/// </summary>
internal sealed class GzipReader : Stream
{
    /// <summary>The most bytes that DEFLATE makes of one: a match of 258 bytes takes at least two bits.</summary>
    public const int MaxExpansion = 1032;

    /// <summary>The length of what follows a member's data: its check sum and size, four bytes each.</summary>
    public const int TrailerLength = 8;

    private readonly string name;
    private readonly GzipSource source;
    private DeflateStream? member;
    private long memberStart;
    private uint crc;
    private uint size;

    /// <summary>A reader of a file that lies in memory.</summary>
    /// <param name="file">The whole compressed file, at least one byte of it.</param>
    /// <param name="name">The file's name, for messages.</param>
    public GzipReader(byte[] file, string name)
    {
        this.name = name;
        source = new GzipSource(file);
    }

    /// <summary>The two bytes that every gzip file begins with.</summary>
    public static ReadOnlySpan<byte> Magic => [0x1F, 0x8B];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Inflates the next bytes; 0 only where the file ends as it should.</summary>
    /// <exception cref="DataFormatException">The file is damaged, cut off, or followed by something else.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        while (member is not null || source.Position < source.Length)
        {
            member ??= BeginMember();
            int count = Inflate(member, buffer);
            if (count > 0)
            {
                crc = Crc32.Append(crc, buffer[..count]);
                size += (uint)count;
                return count;
            }

            EndMember();
        }

        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            member?.Dispose();
            source.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Inflate(DeflateStream stream, Span<byte> buffer)
    {
        try
        {
            return stream.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new DataFormatException($"{name}: expected DEFLATE data, got damaged data. The file was changed after it was compressed: fetch it again.", e);
        }
    }

    /// <summary>Reads a member's header: ten fixed bytes, then the optional fields that its flags announce (RFC 1952).</summary>
    private DeflateStream BeginMember()
    {
        const int HasCheck = 2, HasExtra = 4, HasName = 8, HasComment = 16, Reserved = 0xE0;

        ReadOnlySpan<byte> rest = source.From(source.Position);
        int known = Math.Min(rest.Length, Magic.Length);
        if (!rest[..known].SequenceEqual(Magic[..known]))
        {
            throw new DataFormatException(string.Create(
                CultureInfo.InvariantCulture, $"{name}: expected nothing after the gzip data, got {rest.Length} further bytes. Something was appended: fetch the file again."));
        }

        if (rest.Length < 10) throw CutOff();
        int flags = rest[3];
        if (rest[2] != 8 || (flags & Reserved) != 0)
        {
            throw new DataFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: expected gzip method 8 and flags below 32, got method {rest[2]} and flags {flags}. Compress the file again with gzip."));
        }

        int position = 10;
        if ((flags & HasExtra) != 0)
        {
            if (rest.Length < position + 2) throw CutOff();
            position += 2 + BinaryPrimitives.ReadUInt16LittleEndian(rest[position..]);
        }

        for (int flag = HasName; flag <= HasComment; flag *= 2)
        {
            if ((flags & flag) == 0) continue;
            int end = position < rest.Length ? rest[position..].IndexOf((byte)0) : -1;
            if (end < 0) throw CutOff();
            position += end + 1;
        }

        if ((flags & HasCheck) != 0) position += 2;
        if (position > rest.Length) throw CutOff();

        memberStart = source.Position += position;
        crc = size = 0;
        return new DeflateStream(source, CompressionMode.Decompress, leaveOpen: true);
    }

    /// <summary>Checks the member's trailer, which holds the check sum and the size of what was inflated.</summary>
    private void EndMember()
    {
        if (source.BlockLength > 1) FindEnd();

        // Where the file is cut off inside the data, all of it has been read by now.
        ReadOnlySpan<byte> trailer = source.From(source.Position);
        if (trailer.Length < TrailerLength) throw CutOff();
        uint wantedCrc = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        uint wantedSize = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        if (wantedCrc != crc || wantedSize != size)
        {
            throw new DataFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: expected gzip data of {wantedSize} bytes with check sum {wantedCrc:x8}, got {size} bytes with {crc:x8}. " +
                $"The file is damaged: fetch it again."));
        }

        source.Position += TrailerLength;
        member!.Dispose();
        member = null;
    }

    /// <summary>
    /// Finds where the member's data ended: the inflater takes its input in blocks and does not say how much of the last one it used, so the member is inflated
    /// once more with that block given byte by byte. A file of one member has no need of this: its data ends where <see cref="GzipSource"/> gives single bytes.
    /// </summary>
    private void FindEnd()
    {
        source.SingleFrom = source.Position - source.BlockLength;
        source.Position = memberStart;
        using DeflateStream again = new(source, CompressionMode.Decompress, leaveOpen: true);
        byte[] ignored = new byte[1 << 13];
        while (again.Read(ignored) > 0)
        {
        }

        source.SingleFrom = source.LastDataByte;
    }

    private DataFormatException CutOff() => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{name}: expected more gzip data, got the end of the file after {source.Length} bytes. The file is cut off: fetch it again."));
}
