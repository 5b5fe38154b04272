using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Tensors;

/// <summary>Copies a matrix as its transpose: in blocks of 8 by 8 in registers where the machine has AVX, else element by element.</summary>
internal static class Transposition
{
    private const int Block = 8;

    /// <summary>target[j, i] = source[i, j]</summary>
    /// <param name="source">source[0, 0].</param>
    /// <param name="sourceStride">From a row of the source to the next.</param>
    /// <param name="target">target[0, 0].</param>
    /// <param name="targetStride">From a row of the target to the next.</param>
    /// <param name="rows">The source's rows.</param>
    /// <param name="columns">The source's columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(ref T source, nint sourceStride, ref T target, nint targetStride, int rows, int columns)
        where T : unmanaged
    {
        int wholeRows = 0, wholeColumns = 0;
        if (typeof(T) == typeof(float) && Avx.IsSupported)
        {
            (wholeRows, wholeColumns) = (rows / Block * Block, columns / Block * Block);
            for (int i = 0; i < wholeRows; i += Block)
            {
                for (int j = 0; j < wholeColumns; j += Block)
                {
                    Transpose8(
                        ref Unsafe.As<T, float>(ref Unsafe.Add(ref source, (i * sourceStride) + j)), sourceStride,
                        ref Unsafe.As<T, float>(ref Unsafe.Add(ref target, (j * targetStride) + i)), targetStride);
                }
            }
        }

        Copy(ref source, sourceStride, ref target, targetStride, wholeRows, rows, 0, columns);
        Copy(ref source, sourceStride, ref target, targetStride, 0, wholeRows, wholeColumns, columns);
    }

    private static void Copy<T>(ref T source, nint sourceStride, ref T target, nint targetStride, int firstRow, int rows, int firstColumn, int columns)
        where T : unmanaged
    {
        for (int i = firstRow; i < rows; i++)
        {
            for (int j = firstColumn; j < columns; j++) Unsafe.Add(ref target, (j * targetStride) + i) = Unsafe.Add(ref source, (i * sourceStride) + j);
        }
    }

    /// <summary>Pairs of rows are interleaved, then pairs of pairs, then the halves are exchanged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose8(ref float source, nint sourceStride, ref float target, nint targetStride)
    {
        Vector256<float> r0 = Vector256.LoadUnsafe(ref source), r1 = Vector256.LoadUnsafe(ref Unsafe.Add(ref source, sourceStride));
        Vector256<float> r2 = Vector256.LoadUnsafe(ref Unsafe.Add(ref source, 2 * sourceStride)), r3 = Vector256.LoadUnsafe(ref Unsafe.Add(ref source, 3 * sourceStride));
        Vector256<float> r4 = Vector256.LoadUnsafe(ref Unsafe.Add(ref source, 4 * sourceStride)), r5 = Vector256.LoadUnsafe(ref Unsafe.Add(ref source, 5 * sourceStride));
        Vector256<float> r6 = Vector256.LoadUnsafe(ref Unsafe.Add(ref source, 6 * sourceStride)), r7 = Vector256.LoadUnsafe(ref Unsafe.Add(ref source, 7 * sourceStride));

        Vector256<float> low01 = Avx.UnpackLow(r0, r1), high01 = Avx.UnpackHigh(r0, r1), low23 = Avx.UnpackLow(r2, r3), high23 = Avx.UnpackHigh(r2, r3);
        Vector256<float> low45 = Avx.UnpackLow(r4, r5), high45 = Avx.UnpackHigh(r4, r5), low67 = Avx.UnpackLow(r6, r7), high67 = Avx.UnpackHigh(r6, r7);

        const byte Low = 0x44, High = 0xEE;
        Vector256<float> a0 = Avx.Shuffle(low01, low23, Low), a1 = Avx.Shuffle(low01, low23, High), a2 = Avx.Shuffle(high01, high23, Low), a3 = Avx.Shuffle(high01, high23, High);
        Vector256<float> b0 = Avx.Shuffle(low45, low67, Low), b1 = Avx.Shuffle(low45, low67, High), b2 = Avx.Shuffle(high45, high67, Low), b3 = Avx.Shuffle(high45, high67, High);

        const byte Lower = 0x20, Upper = 0x31;
        Avx.Permute2x128(a0, b0, Lower).StoreUnsafe(ref target);
        Avx.Permute2x128(a1, b1, Lower).StoreUnsafe(ref Unsafe.Add(ref target, targetStride));
        Avx.Permute2x128(a2, b2, Lower).StoreUnsafe(ref Unsafe.Add(ref target, 2 * targetStride));
        Avx.Permute2x128(a3, b3, Lower).StoreUnsafe(ref Unsafe.Add(ref target, 3 * targetStride));
        Avx.Permute2x128(a0, b0, Upper).StoreUnsafe(ref Unsafe.Add(ref target, 4 * targetStride));
        Avx.Permute2x128(a1, b1, Upper).StoreUnsafe(ref Unsafe.Add(ref target, 5 * targetStride));
        Avx.Permute2x128(a2, b2, Upper).StoreUnsafe(ref Unsafe.Add(ref target, 6 * targetStride));
        Avx.Permute2x128(a3, b3, Upper).StoreUnsafe(ref Unsafe.Add(ref target, 7 * targetStride));
    }
}
