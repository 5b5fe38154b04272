namespace Tapestry.Data;

/// <summary>
/// A compressed file in memory, given to an inflater in blocks of whatever length it asks for up to <see cref="SingleFrom"/> and byte by byte from there on:
/// after single bytes the position is exactly where the inflater stopped.
/// </summary>
internal sealed class GzipSource : MemoryStream
{
    private readonly byte[] file;

    public GzipSource(byte[] file)
        : base(file, writable: false)
    {
        this.file = file;
        SingleFrom = LastDataByte;
    }

    /// <summary>Where the data of a file's only member end: just before the trailer, which ends the file.</summary>
    public long LastDataByte => file.Length - GzipReader.TrailerLength - 1;

    /// <summary>Where single bytes begin; at the <see cref="LastDataByte"/> unless told otherwise.</summary>
    public long SingleFrom { get; set; }

    /// <summary>The length of what was given last.</summary>
    public int BlockLength { get; private set; }

    /// <summary>The file from a position to its end.</summary>
    public ReadOnlySpan<byte> From(long position) => file.AsSpan((int)position);

    public override int Read(Span<byte> buffer)
    {
        // Copied here: a MemoryStream that is derived from reads spans by way of arrays.
        long wanted = Math.Clamp(SingleFrom - Position, 1, buffer.Length);
        BlockLength = (int)Math.Min(wanted, Length - Position);
        From(Position)[..BlockLength].CopyTo(buffer);
        Position += BlockLength;
        return BlockLength;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
}
