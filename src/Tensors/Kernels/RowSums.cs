using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tapestry.Tensors;

/// <summary>Adds rows to rows, all of a part of a matrix in one call: rows are often too short for one each.</summary>
internal static class RowSums
{
    /// <summary>target[i, j] += source[i, j]</summary>
    /// <param name="target">target[0, 0].</param>
    /// <param name="stride">From a row of the target to the next.</param>
    /// <param name="source">source[0, 0].</param>
    /// <param name="sourceStride">From a row of the source to the next; 0 to add one row to all.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns.</param>
    public static void Add<T>(ref T target, nint stride, ref T source, nint sourceStride, int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Width.Run<T, Body<T>>(new Body<T>(ref target, stride, ref source, sourceStride, rows, columns));

    private readonly ref struct Body<T>(ref T target, nint stride, ref T source, nint sourceStride, int rows, int columns) : IWidthBody<T>
        where T : unmanaged
    {
        private readonly ref T target = ref target;
        private readonly ref T source = ref source;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes, TVector>()
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
        {
            int whole = columns - (columns % TLanes.Count);
            for (int row = 0; row < rows; row++)
            {
                ref T to = ref Unsafe.Add(ref target, row * stride);
                ref T from = ref Unsafe.Add(ref source, row * sourceStride);
                for (int j = 0; j < whole; j += TLanes.Count) TLanes.Store(TLanes.Add(TLanes.Load(ref Unsafe.Add(ref to, j)), TLanes.Load(ref Unsafe.Add(ref from, j))), ref Unsafe.Add(ref to, j));
                if (whole < columns) TLanes.StorePart(TLanes.Add(TLanes.Load(ref Unsafe.Add(ref to, whole)), TLanes.Load(ref Unsafe.Add(ref from, whole))), ref Unsafe.Add(ref to, whole), columns - whole);
            }
        }
    }
}
