using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Tapestry.Tensors;

namespace Tapestry.Data;

/// <summary>
/// Reads and writes IDX files, the format of MNIST: a header with type and sizes, then the elements row-major and big-endian; plain or gzip.
/// U8, I32, F32 and F64 are supported; the format's signed bytes and 16-bit integers are not.
/// </summary>
public static class Idx
{
    /// <summary>Reads a file as a tensor of the type and shape that its header declares.</summary>
    /// <param name="path">The file. Whether it is compressed is told by its first bytes, not by its name. Several gzip members are read as one.</param>
    /// <exception cref="DataFormatException">
    /// The path is a folder or a device, or the contents are no IDX file: wrong magic, an unsupported type, sizes beyond what the file can hold, too few or too
    /// many bytes, damaged or trailing gzip data. Nothing is allocated on the word of the header alone.
    /// </exception>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    public static Tensor Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        using FileStream file = Open(path, name);

        Span<byte> start = stackalloc byte[2];
        int count = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        if (!start[..count].SequenceEqual(GzipReader.Magic)) return ReadContent(file, name, file.Length);

        if (file.Length > Array.MaxLength)
        {
            throw new DataFormatException(string.Create(
                CultureInfo.InvariantCulture, $"{name}: expected a compressed file of at most {Array.MaxLength} bytes, got {file.Length}. Unpack it first."));
        }

        byte[] compressed = new byte[file.Length];
        file.ReadExactly(compressed);
        using GzipReader unpacked = new(compressed, name);
        return ReadContent(unpacked, name, compressed.LongLength * GzipReader.MaxExpansion);
    }

    /// <summary>Writes a tensor as a file, which it replaces whole or not at all. <see cref="Read"/> gives the same bits back.</summary>
    /// <param name="path">The file. Its folder must exist.</param>
    /// <param name="tensor">The tensor, of any type and of at most 255 axes.</param>
    /// <param name="compress">Whether the file is gzip; plain unless told otherwise. By custom its name then ends in <c>.gz</c>.</param>
    /// <exception cref="ArgumentException">The tensor has more than 255 axes.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, Tensor tensor, bool compress = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Rank > byte.MaxValue)
        {
            throw new ArgumentException($"Idx.Write: expected at most 255 axes, got shape {tensor.Shape}.", nameof(tensor));
        }

        Tensor bigEndian = tensor;
        if (tensor.DType != DType.U8 && BitConverter.IsLittleEndian)
        {
            bigEndian = tensor.Clone();
            ReverseEndianness(bigEndian);
        }

        AtomicFile.Write(path, file =>
        {
            if (!compress)
            {
                WriteContent(file, tensor, bigEndian);
                return;
            }

            using GZipStream compressed = new(file, CompressionLevel.Optimal, leaveOpen: true);
            WriteContent(compressed, tensor, bigEndian);
        });
    }

    private static void WriteContent(Stream stream, Tensor tensor, Tensor bigEndian)
    {
        IdxHeader.Of(tensor).Write(stream);
        stream.Write(bigEndian.AsBytes());
    }

    /// <param name="content">The unpacked file, from its first byte.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="capacity">The most bytes that <paramref name="content"/> can turn out to hold: what the header may declare at most.</param>
    private static Tensor ReadContent(Stream content, string name, long capacity)
    {
        IdxHeader header = IdxHeader.Read(content, name);
        long length = header.DataLength;
        if (length > Math.Min(capacity - header.ByteLength, Array.MaxLength))
        {
            throw new DataFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: expected no more data than the file can hold ({capacity} bytes), got a header that declares {header}. " +
                $"The header is damaged or the file is cut off."));
        }

        Tensor tensor = Tensor.Zeros(header.Shape, header.DType);
        int count = content.ReadAtLeast(tensor.AsBytes(), tensor.ByteLength, throwOnEndOfStream: false);
        if (count < length)
        {
            throw new DataFormatException(string.Create(
                CultureInfo.InvariantCulture, $"{name}: expected {length} bytes of data for {header}, got {count}. The file is cut off: fetch it again."));
        }

        if (content.ReadByte() >= 0)
        {
            throw new DataFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: expected {length} bytes of data for {header}, got more. The header is damaged or something was appended."));
        }

        if (BitConverter.IsLittleEndian) ReverseEndianness(tensor);
        return tensor;
    }

    private static FileStream Open(string path, string name)
    {
        if (Directory.Exists(path)) throw new DataFormatException($"{name}: expected a file, got a folder. Name a file inside it.");

        // Looked at before it is opened: opening a pipe would wait for somebody to write into it. A link's own length says nothing, so its target's counts.
        FileSystemInfo? target = Path.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path) : null;
        if (target is not { Exists: true }) throw new FileNotFoundException($"{name}: expected a file, got nothing at {path}. Is the path right?", path);
        if (target is FileInfo { Length: 0 })
        {
            throw new DataFormatException($"{name}: expected an IDX file, got an empty file or a device. Fetch the file again.");
        }

        try
        {
            return File.OpenRead(path);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{name}: expected a file that may be read, got none. Check its permissions.", e);
        }
    }

    private static void ReverseEndianness(Tensor tensor)
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
}
