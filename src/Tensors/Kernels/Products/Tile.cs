using System.Runtime.CompilerServices;

namespace Tapestry.Tensors;

/// <summary>
/// The innermost loops of the matrix product: some rows of the left operand times a strip of columns of the right one, the sums held in registers from the first step of k to
/// the last. Both operands are read where they lie, by their strides. These are leaves: a call inside, or around the loop, would put the sums into memory.
/// </summary>
internal static class Tile
{
    private const MethodImplOptions Leaf = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <summary>c[i, :] (+)= Σ a[i, p]·b[p, :] for 8 rows i.</summary>
    /// <param name="a">a[0, 0].</param>
    /// <param name="rowStride">From a row of a to the next.</param>
    /// <param name="depthStride">From an element of a row of a to the next.</param>
    /// <param name="b">b[0, 0].</param>
    /// <param name="bStride">From a row of b to the next.</param>
    /// <param name="depth">How many products go into a sum.</param>
    /// <param name="c">c[0, 0].</param>
    /// <param name="cStride">From a row of c to the next.</param>
    /// <param name="accumulate">Whether the sums are added to c, or replace it.</param>
    [MethodImpl(Leaf)]
    public static void Rows8<TStrip, T>(ref T a, nint rowStride, nint depthStride, ref T b, nint bStride, int depth, ref T c, nint cStride, bool accumulate)
        where TStrip : struct, IStrip<TStrip, T>
        where T : unmanaged
    {
        TStrip c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        for (int p = 0; p < depth; p++)
        {
            TStrip row = TStrip.Load(ref b);
            Ahead<TStrip, T>(ref b, bStride);
            TStrip.MultiplyAdd(ref c0, a, in row);
            TStrip.MultiplyAdd(ref c1, Unsafe.Add(ref a, rowStride), in row);
            TStrip.MultiplyAdd(ref c2, Unsafe.Add(ref a, 2 * rowStride), in row);
            TStrip.MultiplyAdd(ref c3, Unsafe.Add(ref a, 3 * rowStride), in row);
            TStrip.MultiplyAdd(ref c4, Unsafe.Add(ref a, 4 * rowStride), in row);
            TStrip.MultiplyAdd(ref c5, Unsafe.Add(ref a, 5 * rowStride), in row);
            TStrip.MultiplyAdd(ref c6, Unsafe.Add(ref a, 6 * rowStride), in row);
            TStrip.MultiplyAdd(ref c7, Unsafe.Add(ref a, 7 * rowStride), in row);
            a = ref Unsafe.Add(ref a, depthStride);
            b = ref Unsafe.Add(ref b, bStride);
        }

        TStrip.Store(in c0, ref c, accumulate);
        TStrip.Store(in c1, ref Unsafe.Add(ref c, cStride), accumulate);
        TStrip.Store(in c2, ref Unsafe.Add(ref c, 2 * cStride), accumulate);
        TStrip.Store(in c3, ref Unsafe.Add(ref c, 3 * cStride), accumulate);
        TStrip.Store(in c4, ref Unsafe.Add(ref c, 4 * cStride), accumulate);
        TStrip.Store(in c5, ref Unsafe.Add(ref c, 5 * cStride), accumulate);
        TStrip.Store(in c6, ref Unsafe.Add(ref c, 6 * cStride), accumulate);
        TStrip.Store(in c7, ref Unsafe.Add(ref c, 7 * cStride), accumulate);
    }

    /// <summary>The same for 4 rows.</summary>
    [MethodImpl(Leaf)]
    public static void Rows4<TStrip, T>(ref T a, nint rowStride, nint depthStride, ref T b, nint bStride, int depth, ref T c, nint cStride, bool accumulate)
        where TStrip : struct, IStrip<TStrip, T>
        where T : unmanaged
    {
        TStrip c0 = default, c1 = default, c2 = default, c3 = default;
        for (int p = 0; p < depth; p++)
        {
            TStrip row = TStrip.Load(ref b);
            Ahead<TStrip, T>(ref b, bStride);
            TStrip.MultiplyAdd(ref c0, a, in row);
            TStrip.MultiplyAdd(ref c1, Unsafe.Add(ref a, rowStride), in row);
            TStrip.MultiplyAdd(ref c2, Unsafe.Add(ref a, 2 * rowStride), in row);
            TStrip.MultiplyAdd(ref c3, Unsafe.Add(ref a, 3 * rowStride), in row);
            a = ref Unsafe.Add(ref a, depthStride);
            b = ref Unsafe.Add(ref b, bStride);
        }

        TStrip.Store(in c0, ref c, accumulate);
        TStrip.Store(in c1, ref Unsafe.Add(ref c, cStride), accumulate);
        TStrip.Store(in c2, ref Unsafe.Add(ref c, 2 * cStride), accumulate);
        TStrip.Store(in c3, ref Unsafe.Add(ref c, 3 * cStride), accumulate);
    }

    /// <summary>The same for 1 row.</summary>
    [MethodImpl(Leaf)]
    public static void Rows1<TStrip, T>(ref T a, nint depthStride, ref T b, nint bStride, int depth, ref T c, bool accumulate)
        where TStrip : struct, IStrip<TStrip, T>
        where T : unmanaged
    {
        TStrip sum = default;
        for (int p = 0; p < depth; p++)
        {
            TStrip row = TStrip.Load(ref b);
            Ahead<TStrip, T>(ref b, bStride);
            TStrip.MultiplyAdd(ref sum, a, in row);
            a = ref Unsafe.Add(ref a, depthStride);
            b = ref Unsafe.Add(ref b, bStride);
        }

        TStrip.Store(in sum, ref c, accumulate);
    }

    /// <summary>
    /// Asks for a row of b that comes some steps later. A strip goes down through b by rows far apart, which the machine does not foresee; where the caches hold b already it costs
    /// next to nothing, since the multiplications take longer. A row behind the end is asked for in vain.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Ahead<TStrip, T>(ref T b, nint bStride)
        where TStrip : struct, IStrip<TStrip, T>
        where T : unmanaged
    {
        const int Steps = 16;
        int perLine = Prefetch.Line / Unsafe.SizeOf<T>();
        ref T row = ref Unsafe.Add(ref b, Steps * bStride);
        Prefetch.Ask(ref row);
        if (TStrip.Width > perLine) Prefetch.Ask(ref Unsafe.Add(ref row, perLine));
        if (TStrip.Width > 2 * perLine) Prefetch.Ask(ref Unsafe.Add(ref row, 2 * perLine));
    }
}
