using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Tapestry.Data;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Compare.Report;

/// <summary>Writes a grey image as PNG (ISO/IEC 15948), eight bits a pixel.</summary>
internal static class Png
{
    private const byte BitDepth = 8;

    /// <summary>The file's bytes.</summary>
    /// <param name="image">[height, width], U8, 0 for black.</param>
    public static byte[] Write(Tensor image)
    {
        (int height, int width) = (image.Shape[0], image.Shape[1]);
        using MemoryStream file = new();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n']);

        // Colour type 0, grey; the only compression and filter method, 0; not interlaced, 0.
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = BitDepth;
        Chunk(file, "IHDR", header);
        Chunk(file, "IDAT", Compressed(image.AsSpan<byte>(), height, width));
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    private static byte[] Compressed(ReadOnlySpan<byte> pixels, int height, int width)
    {
        using MemoryStream compressed = new();
        using (ZLibStream zlib = new(compressed, CompressionLevel.SmallestSize))
        {
            for (int row = 0; row < height; row++)
            {
                zlib.WriteByte(0); // The row is not filtered.
                zlib.Write(pixels.Slice(row * width, width));
            }
        }

        return compressed.ToArray();
    }

    /// <summary>Length, type, content, and the checksum of the latter two.</summary>
    private static void Chunk(Stream file, string type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        byte[] name = Encoding.ASCII.GetBytes(type);
        file.Write(name);
        file.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Append(Crc32.Append(0, name), content));
        file.Write(number);
    }
}
