using System.IO.Compression;
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
        using IdxFile file = IdxFile.Open(path);
        return file.ReadTensor();
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
            IdxFile.ReverseEndianness(bigEndian);
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
}
