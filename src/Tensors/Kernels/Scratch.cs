using System.Runtime.InteropServices;

namespace Tapestry.Tensors;

/// <summary>Memory from the pool for the length of a kernel, contents unspecified.</summary>
internal readonly ref struct Scratch<T>
    where T : unmanaged
{
    private readonly byte[] bytes;
    private readonly int start;
    private readonly int length;

    /// <summary>Takes room for that many elements, and a register more.</summary>
    public Scratch(int length)
    {
        this.length = length;
        int needed = (length * DTypes.Of<T>().Size()) + Buffer.Spare;
        bytes = Own.Rent(AlignedArray.LengthFor(needed));
        start = AlignedArray.StartOf(bytes, needed);
    }

    public Span<T> Span => MemoryMarshal.Cast<byte, T>(bytes.AsSpan(start))[..length];

    public ref T Origin => ref MemoryMarshal.GetReference(Span);

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => Own.Return(bytes);
}

/// <summary>Some arrays that the thread has just used: its core's caches hold them, and of one that another thread has used they hold nothing.</summary>
file static class Own
{
    private const int Most = 4, Largest = 1 << 20;

    [ThreadStatic]
    private static byte[]?[]? kept;

    public static byte[] Rent(int bytes)
    {
        foreach (ref byte[]? place in kept.AsSpan())
        {
            if (place is not { } array || array.Length < bytes || array.Length / 2 > bytes) continue;
            place = null;
            return array;
        }

        return BufferPool.Shared.Rent(bytes);
    }

    public static void Return(byte[] array)
    {
        if (array.Length <= Largest)
        {
            foreach (ref byte[]? place in (kept ??= new byte[]?[Most]).AsSpan())
            {
                if (place is not null) continue;
                place = array;
                return;
            }
        }

        BufferPool.Shared.Return(array);
    }
}
