using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tapestry.Tensors;

/// <summary>
/// A tensor's elements without the objects around them: what kernels hand to other threads. Objects that were just made lie in their maker's cache, and each one that another
/// core has to follow to the next costs it a tenth of a microsecond or more.
/// </summary>
internal readonly struct Slab<T>
    where T : unmanaged
{
    private readonly byte[] bytes;
    private readonly int offset;

    public Slab(byte[] bytes, int offset, int length)
    {
        this.bytes = bytes;
        this.offset = offset;
        Length = length;
    }

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>The elements, row-major.</summary>
    public Span<T> Span => MemoryMarshal.CreateSpan(ref At(0), Length);

    /// <summary>An element, behind which as many follow as a register holds. See <see cref="Buffer.Spare"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T At(int index) => ref Unsafe.Add(ref Unsafe.As<byte, T>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(bytes), offset)), index);
}
