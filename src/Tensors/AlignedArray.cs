using System.Runtime.InteropServices;

namespace Tapestry.Tensors;

/// <summary>
/// Arrays whose elements begin with a cache line. A register of 512 bits that straddles two lines is read in two, and two threads whose shares meet inside a line wait for each
/// other. Such an array must not move, so it is pinned; small ones, for which this is not worth while, are ordinary.
/// </summary>
internal static class AlignedArray
{
    private const int Line = 64;
    private const int LeastAligned = 4096;

    /// <summary>How long an array must be for that many bytes to begin with a line.</summary>
    public static int LengthFor(int bytes) => bytes < LeastAligned ? bytes : (int)Math.Min((long)bytes + Line, Array.MaxLength);

    /// <summary>An array of that length, contents unspecified.</summary>
    public static byte[] Uninitialized(int length) => GC.AllocateUninitializedArray<byte>(length, pinned: length >= LeastAligned);

    /// <summary>An array of that length, zeroed.</summary>
    public static byte[] Zeroed(int length) => GC.AllocateArray<byte>(length, pinned: length >= LeastAligned);

    /// <summary>Where that many bytes begin: with the first line, unless the array is too short for that, or may move.</summary>
    public static int StartOf(byte[] array, int bytes)
    {
        if (array.Length < LeastAligned) return 0;
        int start = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(array, 0) & (Line - 1));
        return array.Length - start >= bytes ? start : 0;
    }
}
