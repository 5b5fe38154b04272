using System.Buffers.Binary;
using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Data;

/// <summary>
/// What stands before the data of an IDX file: two zero bytes, a byte for the type, a byte for the number of axes, then each axis's size in 32 bits,
/// big-endian.
/// </summary>
internal sealed class IdxHeader
{
    private readonly int[] sizes;

    private IdxHeader(DType dtype, int[] sizes)
    {
        DType = dtype;
        this.sizes = sizes;
    }

    public DType DType { get; }

    /// <summary>The header's own length.</summary>
    public int ByteLength => 4 + (4 * sizes.Length);

    /// <summary>The length of the data that the header declares. Nothing but the header vouches for it.</summary>
    public long DataLength
    {
        get
        {
            if (sizes.Contains(0)) return 0;

            // A size is below 2³¹, so a product held at 2³² stays far inside 64 bits however many axes there are.
            long length = 1;
            foreach (int size in sizes) length = Math.Min(length * size, 1L << 32);
            return length * DType.Size();
        }
    }

    /// <summary>The sizes as a shape. Valid only once <see cref="DataLength"/> is known to fit into an array.</summary>
    public Shape Shape => Shape.Of(sizes);

    public static IdxHeader Of(Tensor tensor) => new(tensor.DType, tensor.Shape.AsSpan().ToArray());

    /// <exception cref="DataFormatException">The bytes are no such header.</exception>
    public static IdxHeader Read(Stream stream, string name)
    {
        Span<byte> magic = stackalloc byte[4];
        int count = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        if (count > 0 && magic[0] == (byte)'<')
        {
            throw new DataFormatException($"{name}: expected an IDX file, got text that begins with '<'. Did the download fetch a web page instead? Fetch the file again.");
        }

        if (count < magic.Length) throw Truncated(name, magic.Length, count);
        if (magic[0] != 0 || magic[1] != 0)
        {
            throw new DataFormatException(
                $"{name}: expected an IDX file, which begins with 00 00, got {Convert.ToHexStringLower(magic)}. It is a file of another kind: fetch the right one.");
        }

        DType dtype = TypeOf(magic[2], name);
        Span<byte> bytes = stackalloc byte[4 * magic[3]];
        count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (count < bytes.Length) throw Truncated(name, magic.Length + bytes.Length, magic.Length + count);

        int[] sizes = new int[magic[3]];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            uint size = BinaryPrimitives.ReadUInt32BigEndian(bytes[(4 * axis)..]);
            if (size > int.MaxValue)
            {
                throw new DataFormatException(string.Create(
                    CultureInfo.InvariantCulture, $"{name}: expected axis {axis} to have a size below 2147483648, got {size}. The header is damaged: fetch the file again."));
            }

            sizes[axis] = (int)size;
        }

        return new IdxHeader(dtype, sizes);
    }

    public void Write(Stream stream)
    {
        Span<byte> bytes = stackalloc byte[ByteLength];
        bytes[0] = bytes[1] = 0;
        bytes[2] = CodeOf(DType);
        bytes[3] = (byte)sizes.Length;
        for (int axis = 0; axis < sizes.Length; axis++) BinaryPrimitives.WriteInt32BigEndian(bytes[(4 + (4 * axis))..], sizes[axis]);
        stream.Write(bytes);
    }

    /// <summary>The sizes, which need not be ones that an array can have.</summary>
    public IReadOnlyList<int> Sizes => sizes;

    /// <summary><c>U8 [60000, 28, 28]</c></summary>
    public override string ToString() => $"{DType} [{string.Join(", ", sizes.Select(size => size.ToString(CultureInfo.InvariantCulture)))}]";

    private static byte CodeOf(DType dtype) => dtype switch
    {
        DType.U8 => 0x08,
        DType.I32 => 0x0C,
        DType.F32 => 0x0D,
        _ => 0x0E,
    };

    private static DType TypeOf(byte code, string name) => code switch
    {
        0x08 => DType.U8,
        0x0C => DType.I32,
        0x0D => DType.F32,
        0x0E => DType.F64,
        0x09 => throw Unsupported(name, "09 (signed bytes)", "Convert the file to one of these types."),
        0x0B => throw Unsupported(name, "0b (16-bit integers)", "Convert the file to one of these types."),
        _ => throw Unsupported(name, $"{code:x2}", "The header is damaged: fetch the file again."),
    };

    private static DataFormatException Unsupported(string name, string got, string hint) => new(
        $"{name}: expected IDX type 08 (U8), 0c (I32), 0d (F32) or 0e (F64), got {got}. {hint}");

    private static DataFormatException Truncated(string name, int expected, int got) => new(string.Create(
        CultureInfo.InvariantCulture, $"{name}: expected an IDX header of {expected} bytes, got {got} bytes. The file is cut off: fetch it again."));
}
