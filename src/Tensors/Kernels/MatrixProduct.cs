using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tapestry.Tensors;

/// <summary>
/// The matrix product, blocked: a panel of B is packed once (which also undoes a transposition and pads the last columns with zeros), then 8 rows of A at a time
/// run over it with 16 accumulators held in registers. Each element is summed in the order of k, so its bits do not depend on the blocking of rows and columns.
/// </summary>
public static class MatrixProduct
{
    private const int TileRows = 8;

    /// <summary>As many steps of k as keep a packed panel of B inside the second-level cache.</summary>
    private const int BlockDepth = 512;

    /// <summary>The product of two matrices, either read as its transpose.</summary>
    /// <param name="a">[m, k], or [k, m] with <paramref name="transposeA"/>; F32 or F64.</param>
    /// <param name="b">[k, n], or [n, k] with <paramref name="transposeB"/>; the type of a.</param>
    /// <param name="transposeA">Whether a is read as its transpose; nothing is copied for it.</param>
    /// <param name="transposeB">Whether b is read as its transpose.</param>
    /// <returns>[m, n]</returns>
    /// <exception cref="ArgumentException">An operand is not a matrix, the inner sizes differ, or the types do.</exception>
    public static Tensor Multiply(Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        Guard.SameDType("MatMul", a, b);
        Shape shape = ResultShape(a.Shape, b.Shape, transposeA, transposeB);
        Tensor result = Tensor.Uninitialized(shape, a.DType);
        int depth = a.Shape[transposeA ? 0 : 1];
        switch (a.DType)
        {
            case DType.F32: Multiply<float>(a, b, result, depth, transposeA, transposeB); break;
            case DType.F64: Multiply<double>(a, b, result, depth, transposeA, transposeB); break;
            default: throw Guard.NotFloat("MatMul", a);
        }

        return result;
    }

    private static Shape ResultShape(Shape a, Shape b, bool transposeA, bool transposeB)
    {
        if (a.Rank != 2 || b.Rank != 2) throw new ArgumentException($"MatMul: expected two matrices, got shapes {a} and {b}.");
        if (a[transposeA ? 0 : 1] != b[transposeB ? 1 : 0])
        {
            string Read(Shape shape, bool transposed) => transposed ? $"{shape} transposed" : $"{shape}";
            throw new ArgumentException(
                $"MatMul: expected as many columns on the left as rows on the right, got {Read(a, transposeA)} and {Read(b, transposeB)}.");
        }

        return [a[transposeA ? 1 : 0], b[transposeB ? 0 : 1]];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<T>(Tensor tensorA, Tensor tensorB, Tensor result, int depth, bool transposeA, bool transposeB)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int tileColumns = 2 * Vector512<T>.Count;
        int m = result.Shape[0], n = result.Shape[1];
        (int rowStrideA, int depthStrideA) = transposeA ? (1, tensorA.Shape[1]) : (tensorA.Shape[1], 1);
        Span<T> c = result.AsSpan<T>();
        if (c.IsEmpty) return;
        if (depth == 0)
        {
            c.Clear();
            return;
        }

        ReadOnlySpan<T> a = tensorA.AsSpan<T>();
        ReadOnlySpan<T> b = tensorB.AsSpan<T>();
        Tensor panelStorage = Tensor.Uninitialized([Math.Min(depth, BlockDepth), tileColumns], result.DType);
        Span<T> panel = panelStorage.AsSpan<T>();
        Span<T> edge = stackalloc T[TileRows * 2 * Vector512<T>.Count];

        for (int start = 0; start < depth; start += BlockDepth)
        {
            int steps = Math.Min(BlockDepth, depth - start);
            for (int column = 0; column < n; column += tileColumns)
            {
                int columns = Math.Min(tileColumns, n - column);
                Pack(b, panel, start, steps, column, columns, tileColumns, transposeB ? depth : n, transposeB);
                for (int row = 0; row < m; row += TileRows)
                {
                    int rows = Math.Min(TileRows, m - row);
                    ref T origin = ref Unsafe.Add(ref MemoryMarshal.GetReference(a), (row * rowStrideA) + (start * depthStrideA));
                    if (rows == TileRows && columns == tileColumns)
                    {
                        Tile(ref origin, rowStrideA, depthStrideA, rows, panel, steps, ref c[(row * n) + column], n, accumulate: start > 0);
                    }
                    else
                    {
                        // The last rows and columns are computed into a whole tile beside the result, of which the valid part is taken over.
                        Tile(ref origin, rowStrideA, depthStrideA, rows, panel, steps, ref edge[0], tileColumns, accumulate: false);
                        for (int i = 0; i < rows; i++)
                        {
                            Span<T> target = c.Slice(((row + i) * n) + column, columns);
                            ReadOnlySpan<T> source = edge.Slice(i * tileColumns, columns);
                            if (start == 0) source.CopyTo(target);
                            else System.Numerics.Tensors.TensorPrimitives.Add(target, source, target);
                        }
                    }
                }
            }
        }

        panelStorage.Buffer.Release();
    }

    /// <summary>Copies columns of B to consecutive rows of a fixed width, zeros behind the last column.</summary>
    private static void Pack<T>(ReadOnlySpan<T> b, Span<T> panel, int start, int steps, int column, int columns, int width, int stride, bool transposed)
        where T : unmanaged
    {
        if (columns < width) panel[..(steps * width)].Clear();
        if (!transposed)
        {
            for (int k = 0; k < steps; k++) b.Slice(((start + k) * stride) + column, columns).CopyTo(panel[(k * width)..]);
            return;
        }

        for (int j = 0; j < columns; j++)
        {
            ReadOnlySpan<T> source = b.Slice(((column + j) * stride) + start, steps);
            for (int k = 0; k < source.Length; k++) panel[(k * width) + j] = source[k];
        }
    }

    /// <summary>
    /// 8 rows by 2 vectors. A leaf: nothing is called inside, or the accumulators would be spilled. Rows beyond the last valid one repeat it, so that no read leaves A.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<T>(ref T a, int rowStride, int depthStride, int rows, ReadOnlySpan<T> panel, int steps, ref T c, int cStride, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        nint last = rows - 1;
        ref T a0 = ref a;
        ref T a1 = ref Unsafe.Add(ref a, Math.Min(1, last) * rowStride);
        ref T a2 = ref Unsafe.Add(ref a, Math.Min(2, last) * rowStride);
        ref T a3 = ref Unsafe.Add(ref a, Math.Min(3, last) * rowStride);
        ref T a4 = ref Unsafe.Add(ref a, Math.Min(4, last) * rowStride);
        ref T a5 = ref Unsafe.Add(ref a, Math.Min(5, last) * rowStride);
        ref T a6 = ref Unsafe.Add(ref a, Math.Min(6, last) * rowStride);
        ref T a7 = ref Unsafe.Add(ref a, Math.Min(7, last) * rowStride);
        ref T b = ref MemoryMarshal.GetReference(panel);

        Vector512<T> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        Vector512<T> c40 = default, c41 = default, c50 = default, c51 = default, c60 = default, c61 = default, c70 = default, c71 = default;
        nint offset = 0;
        for (int k = 0; k < steps; k++)
        {
            Vector512<T> b0 = Vector512.LoadUnsafe(ref b);
            Vector512<T> b1 = Vector512.LoadUnsafe(ref b, (nuint)Vector512<T>.Count);
            b = ref Unsafe.Add(ref b, 2 * Vector512<T>.Count);

            Vector512<T> x = Vector512.Create(Unsafe.Add(ref a0, offset));
            c00 = MultiplyAdd(x, b0, c00);
            c01 = MultiplyAdd(x, b1, c01);
            x = Vector512.Create(Unsafe.Add(ref a1, offset));
            c10 = MultiplyAdd(x, b0, c10);
            c11 = MultiplyAdd(x, b1, c11);
            x = Vector512.Create(Unsafe.Add(ref a2, offset));
            c20 = MultiplyAdd(x, b0, c20);
            c21 = MultiplyAdd(x, b1, c21);
            x = Vector512.Create(Unsafe.Add(ref a3, offset));
            c30 = MultiplyAdd(x, b0, c30);
            c31 = MultiplyAdd(x, b1, c31);
            x = Vector512.Create(Unsafe.Add(ref a4, offset));
            c40 = MultiplyAdd(x, b0, c40);
            c41 = MultiplyAdd(x, b1, c41);
            x = Vector512.Create(Unsafe.Add(ref a5, offset));
            c50 = MultiplyAdd(x, b0, c50);
            c51 = MultiplyAdd(x, b1, c51);
            x = Vector512.Create(Unsafe.Add(ref a6, offset));
            c60 = MultiplyAdd(x, b0, c60);
            c61 = MultiplyAdd(x, b1, c61);
            x = Vector512.Create(Unsafe.Add(ref a7, offset));
            c70 = MultiplyAdd(x, b0, c70);
            c71 = MultiplyAdd(x, b1, c71);
            offset += depthStride;
        }

        Store(ref c, c00, c01, accumulate);
        Store(ref Unsafe.Add(ref c, cStride), c10, c11, accumulate);
        Store(ref Unsafe.Add(ref c, 2 * (nint)cStride), c20, c21, accumulate);
        Store(ref Unsafe.Add(ref c, 3 * (nint)cStride), c30, c31, accumulate);
        Store(ref Unsafe.Add(ref c, 4 * (nint)cStride), c40, c41, accumulate);
        Store(ref Unsafe.Add(ref c, 5 * (nint)cStride), c50, c51, accumulate);
        Store(ref Unsafe.Add(ref c, 6 * (nint)cStride), c60, c61, accumulate);
        Store(ref Unsafe.Add(ref c, 7 * (nint)cStride), c70, c71, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> MultiplyAdd<T>(Vector512<T> x, Vector512<T> y, Vector512<T> sum)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector512.FusedMultiplyAdd(x.AsSingle(), y.AsSingle(), sum.AsSingle()).As<float, T>()
            : Vector512.FusedMultiplyAdd(x.AsDouble(), y.AsDouble(), sum.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(ref T target, Vector512<T> first, Vector512<T> second, bool accumulate)
        where T : unmanaged
    {
        if (accumulate)
        {
            first += Vector512.LoadUnsafe(ref target);
            second += Vector512.LoadUnsafe(ref target, (nuint)Vector512<T>.Count);
        }

        first.StoreUnsafe(ref target);
        second.StoreUnsafe(ref target, (nuint)Vector512<T>.Count);
    }
}
