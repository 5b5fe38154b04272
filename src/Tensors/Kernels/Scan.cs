using System.Numerics;

namespace Tapestry.Tensors;

/// <summary>Running totals along an axis.</summary>
public static class Scan
{
    /// <summary>The sum up to each element along an axis. F32 is added up in F64 and rounded once for each element.</summary>
    /// <param name="x">F32 or F64, any shape of rank 1 or more.</param>
    /// <param name="axis">The axis to go along.</param>
    /// <param name="exclusive">Whether an element's own value is left out of its sum.</param>
    /// <param name="reverse">Whether the sums start from the end of the axis.</param>
    /// <exception cref="ArgumentException">x is no F32 or F64, or the axis lies outside the rank.</exception>
    public static Tensor Sum(Tensor x, int axis, bool exclusive = false, bool reverse = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        int along = Axes.FromInt32(axis).Resolve(x.Rank)[0];
        if (!x.DType.IsFloat()) throw Guard.NotFloat("CumulativeSum", x);
        Tensor result = Tensor.Uninitialized(x.Shape, x.DType);
        if (x.Length == 0) return result;

        int size = x.Shape[along], inner = Shape.Of(x.Shape.AsSpan()[(along + 1)..]).ElementCount;
        if (x.DType == DType.F32) Sum<float>(x.AsSpan<float>(), result.AsSpan<float>(), size, inner, exclusive, reverse);
        else Sum<double>(x.AsSpan<double>(), result.AsSpan<double>(), size, inner, exclusive, reverse);
        return result;
    }

    /// <summary>Row after row of an [outer, size, inner] tensor, with a running total for each column.</summary>
    private static void Sum<T>(ReadOnlySpan<T> x, Span<T> result, int size, int inner, bool exclusive, bool reverse)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] rented = System.Buffers.ArrayPool<double>.Shared.Rent(inner);
        Span<double> totals = rented.AsSpan(0, inner);
        for (int start = 0; start < x.Length; start += size * inner)
        {
            totals.Clear();
            for (int k = 0; k < size; k++)
            {
                int row = start + ((reverse ? size - 1 - k : k) * inner);
                ReadOnlySpan<T> source = x.Slice(row, inner);
                Span<T> target = result.Slice(row, inner);
                for (int i = 0; i < totals.Length; i++)
                {
                    double before = totals[i], after = before + double.CreateTruncating(source[i]);
                    target[i] = T.CreateTruncating(exclusive ? before : after);
                    totals[i] = after;
                }
            }
        }

        System.Buffers.ArrayPool<double>.Shared.Return(rented);
    }
}
