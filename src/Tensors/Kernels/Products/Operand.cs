using System.Runtime.CompilerServices;

namespace Tapestry.Tensors;

/// <summary>A matrix where it lies: element [i, j] stands at i·RowStride + j·ColumnStride from the origin, so that a transpose is the same memory with the strides exchanged.</summary>
internal readonly ref struct Operand<T>
    where T : unmanaged
{
    private readonly ref T origin;

    public Operand(ref T origin, nint rowStride, nint columnStride)
    {
        this.origin = ref origin;
        RowStride = rowStride;
        ColumnStride = columnStride;
    }

    public nint RowStride { get; }

    public nint ColumnStride { get; }

    /// <summary>The same matrix with rows and columns exchanged.</summary>
    public Operand<T> Transposed => new(ref origin, ColumnStride, RowStride);

    /// <summary>The matrix from an element on.</summary>
    public Operand<T> From(int row, int column) => new(ref At(row, column), RowStride, ColumnStride);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T At(int row, int column) => ref Unsafe.Add(ref origin, (row * RowStride) + (column * ColumnStride));
}
