using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Tapestry.Tensors;

namespace Tapestry.Data;

/// <summary>An open IDX file, plain or gzip, whose header has been read and does not declare more than the file can hold. Its data are still to be read.</summary>
internal sealed class IdxFile : IDisposable
{
    /// <summary>How much data often shrink. A header that declares more is believed only after the data have been unpacked once, and counted.</summary>
    private const int UsualExpansion = 8;

    private readonly string name;
    private readonly byte[]? compressed;
    private readonly Stream content;

    private IdxFile(string name, byte[]? compressed, Stream content, long capacity)
    {
        this.name = name;
        this.compressed = compressed;
        this.content = content;
        Header = IdxHeader.Read(content, name);
        long room = capacity - Header.ByteLength;
        if (Header.DataLength > room)
        {
            throw new DataFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: expected data for {Header}, which the header declares, got {(compressed is null ? "" : "at most ")}{room} bytes of data. " +
                $"The header is damaged or the file is cut off: fetch it again."));
        }

        if (Header.DataLength > Array.MaxLength)
        {
            throw new DataFormatException(string.Create(
                CultureInfo.InvariantCulture, $"{name}: expected at most {Array.MaxLength} bytes of data, got {Header.DataLength} for {Header}. Split the file."));
        }
    }

    /// <summary>What the file declares.</summary>
    public IdxHeader Header { get; }

    /// <exception cref="DataFormatException">The path is no file, or the file begins with no header that it could live up to.</exception>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    public static IdxFile Open(string path)
    {
        string name = DataFile.NameOf(path);
        FileStream file = DataFile.Open(path, "an IDX file");
        try
        {
            Span<byte> start = stackalloc byte[2];
            int count = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            file.Position = 0;
            if (!start[..count].SequenceEqual(GzipReader.Magic)) return new IdxFile(name, compressed: null, file, file.Length);

            if (file.Length > Array.MaxLength)
            {
                throw new DataFormatException(string.Create(
                    CultureInfo.InvariantCulture, $"{name}: expected a compressed file of at most {Array.MaxLength} bytes, got {file.Length}. Unpack it first."));
            }

            byte[] compressed = new byte[file.Length];
            file.ReadExactly(compressed);
            file.Dispose();
            return new IdxFile(name, compressed, new GzipReader(compressed, name), compressed.LongLength * GzipReader.MaxExpansion);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads the data. Once only.</summary>
    /// <exception cref="DataFormatException">There are fewer or more than the header declares, or the gzip data are damaged.</exception>
    public Tensor ReadTensor()
    {
        if (compressed is not null && Header.DataLength > compressed.LongLength * UsualExpansion) Rehearse(compressed);

        Tensor tensor = Tensor.Zeros(Header.Shape, Header.DType);
        RequireEnd(content, content.ReadAtLeast(tensor.AsBytes(), tensor.ByteLength, throwOnEndOfStream: false));
        if (BitConverter.IsLittleEndian) ReverseEndianness(tensor);
        return tensor;
    }

    public void Dispose() => content.Dispose();

    /// <summary>Turns the bytes of each element round.</summary>
    public static void ReverseEndianness(Tensor tensor)
    {
        Span<byte> bytes = tensor.AsBytes();
        if (tensor.DType.Size() == sizeof(int))
        {
            Span<int> words = MemoryMarshal.Cast<byte, int>(bytes);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
        else if (tensor.DType.Size() == sizeof(long))
        {
            Span<long> words = MemoryMarshal.Cast<byte, long>(bytes);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
    }

    /// <summary>Unpacks as much as the header declares, keeping none of it, so that room is made for no data that are not there.</summary>
    private void Rehearse(byte[] file)
    {
        using GzipReader unpacked = new(file, name);
        IdxHeader.Read(unpacked, name);
        byte[] ignored = new byte[1 << 16];
        long count = 0;
        while (count < Header.DataLength && unpacked.Read(ignored.AsSpan(0, (int)Math.Min(ignored.Length, Header.DataLength - count))) is > 0 and int more) count += more;
        RequireEnd(unpacked, count);
    }

    private void RequireEnd(Stream stream, long count)
    {
        if (count < Header.DataLength)
        {
            throw new DataFormatException(string.Create(
                CultureInfo.InvariantCulture, $"{name}: expected {Header.DataLength} bytes of data for {Header}, got {count}. The file is cut off: fetch it again."));
        }

        if (stream.ReadByte() >= 0)
        {
            throw new DataFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: expected {Header.DataLength} bytes of data for {Header}, got more. The header is damaged or something was appended: fetch the file again."));
        }
    }
}
