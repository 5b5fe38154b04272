using System.Numerics;
using System.Runtime.InteropServices;
using Tapestry.Tensors;

namespace Tapestry.Training;

/// <summary>A tensor's elements as doubles, one by one and without a copy.</summary>
internal readonly ref struct Numbers(Tensor tensor)
{
    private readonly DType dtype = tensor.DType;
    private readonly ReadOnlySpan<byte> bytes = tensor.AsBytes();

    /// <summary>How many there are.</summary>
    public int Length => bytes.Length / dtype.Size();

    public double this[int i] => dtype switch
    {
        DType.F32 => MemoryMarshal.Cast<byte, float>(bytes)[i],
        DType.F64 => MemoryMarshal.Cast<byte, double>(bytes)[i],
        DType.I32 => MemoryMarshal.Cast<byte, int>(bytes)[i],
        _ => bytes[i],
    };

    /// <summary>Where in a stretch the largest stands, from 0: the first of equals, and the first NaN where there is one, as in <see cref="Reduce.ArgMax"/>.</summary>
    public int LargestOf(int start, int count) => dtype switch
    {
        DType.F32 => Largest(MemoryMarshal.Cast<byte, float>(bytes).Slice(start, count)),
        DType.F64 => Largest(MemoryMarshal.Cast<byte, double>(bytes).Slice(start, count)),
        DType.I32 => Largest(MemoryMarshal.Cast<byte, int>(bytes).Slice(start, count)),
        _ => Largest(bytes.Slice(start, count)),
    };

    private static int Largest<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumber<T>
    {
        int largest = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] > values[largest] || (T.IsNaN(values[i]) && !T.IsNaN(values[largest]))) largest = i;
        }

        return largest;
    }
}
