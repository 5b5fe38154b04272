using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tapestry.Tensors;

/// <summary>Rows of pixels, gathered and turned into numbers in one pass: a shuffled batch of images.</summary>
public static class PixelRows
{
    /// <summary>The largest byte, which becomes 1.</summary>
    public const int Largest = 255;

    /// <summary>What makes it worth while to share the columns among threads, in elements.</summary>
    private const long LeastWork = 6000;

    /// <summary>
    /// How many rows ahead memory is asked for. A shuffled batch's rows lie anywhere, and the machine foresees none. The list's next rows are asked for as well: the next batch's.
    /// </summary>
    private const int RowsAhead = 4;

    /// <summary>Writes value / 255 of some rows, one below the other.</summary>
    /// <param name="pixels">U8, [n, ...].</param>
    /// <param name="rows">A list of rows; one may come twice.</param>
    /// <param name="start">Where in the list those to take begin.</param>
    /// <param name="count">How many to take.</param>
    /// <param name="destination">F32 or F64, [count, ...].</param>
    /// <exception cref="ArgumentException">The types or shapes are not these.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public static void Gather(Tensor pixels, int[] rows, int start, int count, Tensor destination)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(destination);
        if (pixels.DType != DType.U8 || pixels.Rank == 0) throw new ArgumentException($"PixelRows: expected pixels of U8 [n, ...], got {pixels.DType}{pixels.Shape}.", nameof(pixels));
        if (!destination.DType.IsFloat() || destination.Shape != pixels.Shape.With(0, count))
        {
            throw new ArgumentException($"PixelRows: expected a destination of F32 or F64 {pixels.Shape.With(0, count)}, got {destination.DType}{destination.Shape}.", nameof(destination));
        }

        foreach (int row in rows.AsSpan(start, count))
        {
            if ((uint)row >= (uint)pixels.Shape[0]) throw new ArgumentOutOfRangeException(nameof(rows), FormattableString.Invariant($"PixelRows: expected rows from 0 to {pixels.Shape[0] - 1}, got {row}."));
        }

        if (destination.Length == 0) return;
        int width = destination.Length / count, parts = Partition.Count(width, destination.Length, LeastWork);
        if (destination.DType == DType.F32) Workers.Run(parts, new Body<float>(pixels, rows, start, destination, width, parts));
        else Workers.Run(parts, new Body<double>(pixels, rows, start, destination, width, parts));
    }

    /// <summary>Some columns of every row: those that a following normalization of the columns has the same thread read.</summary>
    private readonly struct Body<T>(Tensor pixels, int[] rows, int start, Tensor destination, int width, int parts) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Slab<byte> pixels = pixels.Slab<byte>();
        private readonly int count = pixels.Shape[0];
        private readonly Slab<T> destination = destination.Slab<T>();

        public void Run(int part)
        {
            int first = Partition.Start(width, parts, part), columns = Partition.Start(width, parts, part + 1) - first;
            ReadOnlySpan<byte> from = pixels.Span;
            Span<T> to = destination.Span;
            for (int i = 0; i * width < to.Length; i++)
            {
                int ahead = start + i + RowsAhead;
                if (ahead < rows.Length && (uint)rows[ahead] < (uint)count) Prefetch.Ask(from.Slice((rows[ahead] * width) + first, columns));
                Convert(from.Slice((rows[start + i] * width) + first, columns), to.Slice((i * width) + first, columns));
            }
        }
    }

    private static void Convert<T>(ReadOnlySpan<byte> from, Span<T> to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            ConvertSingle(from, MemoryMarshal.Cast<T, float>(to));
            return;
        }

        for (int i = 0; i < from.Length; i++) to[i] = T.CreateTruncating(from[i]) / T.CreateTruncating(Largest);
    }

    /// <summary>x/255 = x/256 + x/65280. The first term is exact, and for all 256 values of x the sum rounds as the quotient does, which a test holds it to; it is far faster.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ConvertSingle(ReadOnlySpan<byte> from, Span<float> to)
    {
        const float Main = 1f / 256, Rest = 1f / 65280;
        ref byte source = ref MemoryMarshal.GetReference(from);
        ref float target = ref MemoryMarshal.GetReference(to);
        int i = 0;
        for (; i <= from.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            Vector128<byte> bytes = Vector128.LoadUnsafe(ref source, (nuint)i);
            Vector128<ushort> lower = Vector128.WidenLower(bytes), upper = Vector128.WidenUpper(bytes);
            Scaled(Vector128.WidenLower(lower)).StoreUnsafe(ref target, (nuint)i);
            Scaled(Vector128.WidenUpper(lower)).StoreUnsafe(ref target, (nuint)i + 4);
            Scaled(Vector128.WidenLower(upper)).StoreUnsafe(ref target, (nuint)i + 8);
            Scaled(Vector128.WidenUpper(upper)).StoreUnsafe(ref target, (nuint)i + 12);
        }

        for (; i < from.Length; i++) to[i] = (from[i] * Main) + (from[i] * Rest);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector128<float> Scaled(Vector128<uint> values)
        {
            Vector128<float> x = Vector128.ConvertToSingle(values.AsInt32());
            return (x * Main) + (x * Rest);
        }
    }
}
