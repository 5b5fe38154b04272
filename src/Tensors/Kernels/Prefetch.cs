using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Tensors;

/// <summary>Asks for memory before it is read, where the machine can be asked. Nothing is read: what lies behind the end of an array may be asked for in vain.</summary>
internal static class Prefetch
{
    /// <summary>The bytes that come at once.</summary>
    public const int Line = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Ask<T>(ref T at)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref at));
    }

    /// <summary>Asks for some bytes.</summary>
    public static void Ask(ReadOnlySpan<byte> bytes)
    {
        if (!Sse.IsSupported) return;
        ref byte first = ref MemoryMarshal.GetReference(bytes);
        for (int i = 0; i < bytes.Length; i += Line) Ask(ref Unsafe.Add(ref first, i));
    }
}
