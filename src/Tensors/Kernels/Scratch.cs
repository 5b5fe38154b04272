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
        bytes = BufferPool.Shared.RentForThread(AlignedArray.LengthFor(needed));
        start = AlignedArray.StartOf(bytes, needed);
    }

    public Span<T> Span => MemoryMarshal.Cast<byte, T>(bytes.AsSpan(start))[..length];

    public ref T Origin => ref MemoryMarshal.GetReference(Span);

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => BufferPool.Shared.ReturnToThread(bytes);
}
