using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tapestry.Tensors;

/// <content>The loops over the rows. They stand in methods of their own: inside a longer one the compiler keeps their registers in memory.</content>
public static partial class ColumnNormalization
{
    /// <summary>Σ g and Σ g·(x - center).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Sums<TColumns, T>(ref T x, ref T given, nint stride, int rows, in TColumns centerOfAll, out TColumns sumOfAll, out TColumns productOfAll)
        where TColumns : struct, IColumns<TColumns, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TColumns center = centerOfAll, sum = TColumns.Broadcast(T.Zero), product = sum;
        for (int start = 0; start < rows; start += Stretch)
        {
            int end = Math.Min(rows, start + Stretch);
            TColumns partialSum = TColumns.Broadcast(T.Zero), partialProduct = partialSum;
            for (int row = start; row < end; row++)
            {
                TColumns g = TColumns.Load(ref given);
                partialSum = TColumns.Add(partialSum, g);
                partialProduct = TColumns.Add(partialProduct, TColumns.Multiply(g, TColumns.Subtract(TColumns.Load(ref x), center)));
                x = ref Unsafe.Add(ref x, stride);
                given = ref Unsafe.Add(ref given, stride);
            }

            (sum, product) = (TColumns.Add(sum, partialSum), TColumns.Add(product, partialProduct));
        }

        (sumOfAll, productOfAll) = (sum, product);
    }

    /// <summary>((g - throughMean) - (x - center)·throughVariance)·scale</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Take<TColumns, T>(
        ref T x, ref T given, ref T target, nint stride, int rows, in TColumns centerOfAll, in TColumns scaleOfAll, in TColumns meanOfAll, in TColumns varianceOfAll, int count)
        where TColumns : struct, IColumns<TColumns, T>
        where T : unmanaged
    {
        (TColumns center, TColumns scale, TColumns throughMean, TColumns throughVariance) = (centerOfAll, scaleOfAll, meanOfAll, varianceOfAll);
        for (int row = 0; row < rows; row++)
        {
            TColumns through = TColumns.Multiply(TColumns.Subtract(TColumns.Load(ref x), center), throughVariance);
            TColumns taken = TColumns.Subtract(TColumns.Subtract(TColumns.Load(ref given), throughMean), through);
            TColumns.Store(TColumns.Multiply(taken, scale), ref target, count);
            x = ref Unsafe.Add(ref x, stride);
            given = ref Unsafe.Add(ref given, stride);
            target = ref Unsafe.Add(ref target, stride);
        }
    }

    /// <summary>(x - center)·scale + shift</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Write<TColumns, T>(ref T origin, ref T target, nint stride, int rows, in TColumns centerOfAll, in TColumns scaleOfAll, in TColumns shiftOfAll, int count)
        where TColumns : struct, IColumns<TColumns, T>
        where T : unmanaged
    {
        (TColumns center, TColumns scale, TColumns shift) = (centerOfAll, scaleOfAll, shiftOfAll);
        for (int row = 0; row < rows; row++)
        {
            TColumns centered = TColumns.Subtract(TColumns.Load(ref origin), center);
            TColumns.Store(TColumns.Add(TColumns.Multiply(centered, scale), shift), ref target, count);
            origin = ref Unsafe.Add(ref origin, stride);
            target = ref Unsafe.Add(ref target, stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TColumns Sum<TColumns, T>(ref T origin, nint stride, int rows)
        where TColumns : struct, IColumns<TColumns, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TColumns total = TColumns.Broadcast(T.Zero);
        for (int start = 0; start < rows; start += Stretch)
        {
            int end = Math.Min(rows, start + Stretch);
            TColumns part = TColumns.Broadcast(T.Zero);
            for (int row = start; row < end; row++)
            {
                part = TColumns.Add(part, TColumns.Load(ref origin));
                origin = ref Unsafe.Add(ref origin, stride);
            }

            total = TColumns.Add(total, part);
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TColumns SumOfSquares<TColumns, T>(ref T origin, nint stride, int rows, TColumns center)
        where TColumns : struct, IColumns<TColumns, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TColumns total = TColumns.Broadcast(T.Zero);
        for (int start = 0; start < rows; start += Stretch)
        {
            int end = Math.Min(rows, start + Stretch);
            TColumns part = TColumns.Broadcast(T.Zero);
            for (int row = start; row < end; row++)
            {
                TColumns centered = TColumns.Subtract(TColumns.Load(ref origin), center);
                part = TColumns.Add(part, TColumns.Multiply(centered, centered));
                origin = ref Unsafe.Add(ref origin, stride);
            }

            total = TColumns.Add(total, part);
        }

        return total;
    }
}
