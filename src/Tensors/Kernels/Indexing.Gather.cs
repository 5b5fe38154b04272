using System.Globalization;
using System.Runtime.InteropServices;

namespace Tapestry.Tensors;

/// <content>Elements and rows that indices name.</content>
public static partial class Indexing
{
    /// <summary>The rows of the first axis that the indices name, in their order, a row as often as it is named.</summary>
    /// <param name="x">[N, ...], any type.</param>
    /// <param name="rows">Row numbers from 0 to N - 1.</param>
    /// <exception cref="ArgumentException">x is a scalar, or an index lies outside it.</exception>
    public static Tensor GatherRows(Tensor x, ReadOnlySpan<int> rows)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank == 0) throw new ArgumentException("GatherRows: expected a tensor with rows, got a scalar.", nameof(x));
        for (int i = 0; i < rows.Length; i++)
        {
            if ((uint)rows[i] >= (uint)x.Shape[0])
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"GatherRows: expected row numbers below {x.Shape[0]} for shape {x.Shape}, got {rows[i]} at position {i}."), nameof(rows));
            }
        }

        Tensor result = Tensor.Uninitialized(x.Shape.With(0, rows.Length), x.DType);
        Take(x, result, rows, axis: 0);
        return result;
    }

    /// <summary>What the indices name along an axis: each index is replaced by the part of x that stands there.</summary>
    /// <param name="x">[outer..., N, inner...], any type.</param>
    /// <param name="indices">Any shape, I32 or U8, from -N to N - 1; negative ones count from the end.</param>
    /// <param name="axis">The axis that the indices walk along.</param>
    /// <returns>[outer..., indices..., inner...]</returns>
    /// <exception cref="ArgumentException">x is a scalar, the indices are no integers, or one lies outside the axis.</exception>
    public static Tensor Gather(Tensor x, Tensor indices, int axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(indices);
        int along = Axes.FromInt32(axis).Resolve(x.Rank)[0];
        int[] positions = Positions("Gather", indices, x.Shape, along);
        Tensor result = Tensor.Uninitialized(GatheredShape(x.Shape, indices.Shape, along), x.DType);
        Take(x, result, positions, along);
        return result;
    }

    /// <summary>The shape in which each position along an axis is replaced by the indices' shape.</summary>
    internal static Shape GatheredShape(Shape shape, Shape indices, int axis) => Shape.Of([.. shape.AsSpan()[..axis], .. indices, .. shape.AsSpan()[(axis + 1)..]]);

    /// <summary>Indices counted from the front of an axis.</summary>
    internal static int[] Positions(string name, Tensor indices, Shape shape, int axis)
    {
        if (indices.DType is not (DType.I32 or DType.U8)) throw new ArgumentException($"{name}: expected indices of I32 or U8, got {indices.DType}{indices.Shape}.", nameof(indices));
        int[] positions = indices.Cast(DType.I32).ToArray<int>();
        for (int i = 0; i < positions.Length; i++)
        {
            int index = positions[i];
            if (index < 0) positions[i] += shape[axis];
            if ((uint)positions[i] >= (uint)shape[axis])
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"{name}: expected indices inside axis {axis} of {shape}, got {index} at position {i}."), nameof(indices));
            }
        }

        return positions;
    }

    /// <summary>Copies the parts at positions along an axis, which lie inside it.</summary>
    private static void Take(Tensor x, Tensor result, ReadOnlySpan<int> positions, int axis)
    {
        if (result.Length == 0) return;
        int outer = Shape.Of(x.Shape.AsSpan()[..axis]).ElementCount, size = x.Shape[axis], inner = x.Length / outer / size;
        switch (x.DType.Size())
        {
            case 1: Take<byte>(x.AsBytes(), result.AsBytes(), positions, outer, size, inner); break;
            case 4: Take<uint>(x.AsBytes(), result.AsBytes(), positions, outer, size, inner); break;
            default: Take<ulong>(x.AsBytes(), result.AsBytes(), positions, outer, size, inner); break;
        }
    }

    private static void Take<T>(ReadOnlySpan<byte> from, Span<byte> to, ReadOnlySpan<int> positions, int outer, int size, int inner)
        where T : unmanaged
    {
        ReadOnlySpan<T> x = MemoryMarshal.Cast<byte, T>(from);
        Span<T> result = MemoryMarshal.Cast<byte, T>(to);
        for (int i = 0; i < outer; i++)
        {
            ReadOnlySpan<T> source = x.Slice(i * size * inner, size * inner);
            Span<T> target = result.Slice(i * positions.Length * inner, positions.Length * inner);
            if (inner == 1) for (int k = 0; k < positions.Length; k++) target[k] = source[positions[k]];
            else for (int k = 0; k < positions.Length; k++) source.Slice(positions[k] * inner, inner).CopyTo(target[(k * inner)..]);
        }
    }
}
