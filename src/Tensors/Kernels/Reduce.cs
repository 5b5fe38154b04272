using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Tapestry.Tensors;

/// <summary>
/// Reductions over any set of axes. Every sum is a tree of fixed shape: it does not depend on the instruction set or on a number of threads, and its error grows
/// with the logarithm of the length.
/// </summary>
public static class Reduce
{
    /// <summary>The sum over axes.</summary>
    /// <param name="x">F32 or F64, any shape.</param>
    /// <param name="axes">The axes to sum over; all of them where null.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    public static Tensor Sum(Tensor x, Axes? axes = null, bool keepDimensions = false) => Over<SumKernel>(x, axes, keepDimensions);

    /// <summary>The largest element over axes; NaN where there is one.</summary>
    /// <param name="x">F32 or F64, any shape.</param>
    /// <param name="axes">The axes to search; all of them where null.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    /// <exception cref="ArgumentException">There is no element to choose from.</exception>
    public static Tensor Max(Tensor x, Axes? axes = null, bool keepDimensions = false) => Over<MaxKernel>(x, axes, keepDimensions);

    /// <summary>The smallest element over axes; NaN where there is one.</summary>
    /// <param name="x">F32 or F64, any shape.</param>
    /// <param name="axes">The axes to search; all of them where null.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    /// <exception cref="ArgumentException">There is no element to choose from.</exception>
    public static Tensor Min(Tensor x, Axes? axes = null, bool keepDimensions = false) => Over<MinKernel>(x, axes, keepDimensions);

    /// <summary>The product over axes.</summary>
    /// <param name="x">F32 or F64, any shape.</param>
    /// <param name="axes">The axes to multiply over; all of them where null.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    public static Tensor Prod(Tensor x, Axes? axes = null, bool keepDimensions = false) => Over<ProdKernel>(x, axes, keepDimensions);

    /// <summary>The position of the largest element along an axis, the first of equals and the first NaN where there is one, as I32; the axis goes.</summary>
    /// <param name="x">F32 or F64.</param>
    /// <param name="axis">The axis to search; the last unless told otherwise.</param>
    /// <exception cref="ArgumentException">The axis has size 0 or lies outside the rank.</exception>
    public static Tensor ArgMax(Tensor x, int axis = -1)
    {
        ArgumentNullException.ThrowIfNull(x);
        int resolved = Axes.FromInt32(axis).Resolve(x.Rank)[0];
        if (x.Shape[resolved] == 0) throw new ArgumentException($"ArgMax: expected an axis with elements, got axis {Axes.FromInt32(axis)} of shape {x.Shape}.", nameof(axis));
        Tensor result = Tensor.Uninitialized(ReducedShape(x.Shape, [resolved], keepDimensions: false), DType.I32);
        (int outer, int size, int inner) = Split(x.Shape, resolved, resolved);
        switch (x.DType)
        {
            case DType.F32: ArgMax(x.AsSpan<float>(), result.AsSpan<int>(), outer, size, inner); break;
            case DType.F64: ArgMax(x.AsSpan<double>(), result.AsSpan<int>(), outer, size, inner); break;
            default: throw Guard.NotFloat("ArgMax", x);
        }

        return result;
    }

    /// <summary>The reduction that a kernel describes, over axes.</summary>
    public static Tensor Over<TKernel>(Tensor x, Axes? axes, bool keepDimensions)
        where TKernel : struct, IReductionKernel
    {
        ArgumentNullException.ThrowIfNull(x);
        int[] resolved = axes is null ? [.. Enumerable.Range(0, x.Rank)] : axes.Resolve(x.Rank);
        Shape shape = ReducedShape(x.Shape, resolved, keepDimensions);
        Tensor current = x;

        // Neighbouring axes are reduced together, the last group first, so that each pass sees (outer, reduced, inner) and later passes are smaller.
        for (int end = resolved.Length; end > 0;)
        {
            int start = end - 1;
            while (start > 0 && resolved[start - 1] == resolved[start] - 1) start--;
            Tensor reduced = Pass<TKernel>(current, resolved[start], resolved[end - 1]);
            if (current != x) current.Buffer.Release();
            current = reduced;
            end = start;
        }

        return resolved.Length > 0 ? current.Reshape(shape) : x.Clone();
    }

    /// <summary>The shape after reducing resolved axes.</summary>
    private static Shape ReducedShape(Shape shape, int[] axes, bool keepDimensions)
    {
        List<int> sizes = [];
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            if (!axes.Contains(axis)) sizes.Add(shape[axis]);
            else if (keepDimensions) sizes.Add(1);
        }

        return Shape.Of([.. sizes]);
    }

    private static (int Outer, int Size, int Inner) Split(Shape shape, int first, int last)
    {
        ReadOnlySpan<int> sizes = shape.AsSpan();
        return (Shape.Of(sizes[..first]).ElementCount, Shape.Of(sizes[first..(last + 1)]).ElementCount, Shape.Of(sizes[(last + 1)..]).ElementCount);
    }

    private static Tensor Pass<TKernel>(Tensor x, int first, int last)
        where TKernel : struct, IReductionKernel
    {
        (int outer, int size, int inner) = Split(x.Shape, first, last);
        Shape shape = ReducedShape(x.Shape, [.. Enumerable.Range(first, last - first + 1)], keepDimensions: true);
        Tensor result = Tensor.Uninitialized(shape, x.DType);
        switch (x.DType)
        {
            case DType.F32: Pass<float, TKernel>(x.AsSpan<float>(), result.AsSpan<float>(), outer, size, inner); break;
            case DType.F64: Pass<double, TKernel>(x.AsSpan<double>(), result.AsSpan<double>(), outer, size, inner); break;
            default: throw Guard.NotFloat(Guard.Name<TKernel>(), x);
        }

        return result;
    }

    private static void Pass<T, TKernel>(ReadOnlySpan<T> x, Span<T> result, int outer, int size, int inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TKernel : struct, IReductionKernel
    {
        TKernel kernel = default;
        if (size == 0)
        {
            if (!result.IsEmpty) result.Fill(kernel.Empty<T>());
        }
        else if (inner == 1)
        {
            for (int i = 0; i < outer; i++) result[i] = kernel.Fold(x.Slice(i * size, size));
        }
        else
        {
            for (int i = 0; i < outer; i++) FoldRows(x.Slice(i * size * inner, size * inner), result.Slice(i * inner, inner), kernel);
        }
    }

    /// <summary>Folds rows into one row, elementwise: short stretches in order, longer ones as the fold of their halves.</summary>
    private static void FoldRows<T, TKernel>(ReadOnlySpan<T> rows, Span<T> accumulator, TKernel kernel)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TKernel : struct, IReductionKernel
    {
        const int Stretch = 32;
        int inner = accumulator.Length;
        int count = inner == 0 ? 0 : rows.Length / inner;
        if (count <= Stretch)
        {
            rows[..inner].CopyTo(accumulator);
            for (int row = 1; row < count; row++) kernel.Combine(accumulator, rows.Slice(row * inner, inner));
            return;
        }

        int half = (count + 1) / 2 * inner;
        T[] second = System.Buffers.ArrayPool<T>.Shared.Rent(inner);
        FoldRows(rows[..half], accumulator, kernel);
        FoldRows(rows[half..], second.AsSpan(0, inner), kernel);
        kernel.Combine(accumulator, second.AsSpan(0, inner));
        System.Buffers.ArrayPool<T>.Shared.Return(second);
    }

    private static void ArgMax<T>(ReadOnlySpan<T> x, Span<int> result, int outer, int size, int inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < outer; i++)
        {
            for (int j = 0; j < inner; j++)
            {
                int start = (i * size * inner) + j;
                int best = 0;
                for (int k = 1; k < size; k++)
                {
                    (T candidate, T largest) = (x[start + (k * inner)], x[start + (best * inner)]);
                    if (candidate > largest || (T.IsNaN(candidate) && !T.IsNaN(largest))) best = k;
                }

                result[(i * inner) + j] = best;
            }
        }
    }

    private readonly struct SumKernel : IReductionKernel
    {
        public T Empty<T>()
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.Zero;

        public void Combine<T>(Span<T> accumulator, ReadOnlySpan<T> x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Add(accumulator, x, accumulator);

        public T Fold<T>(ReadOnlySpan<T> x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            const int Stretch = 256;
            if (x.Length > Stretch)
            {
                int half = ((x.Length / 2) + Stretch - 1) / Stretch * Stretch;
                return Fold(x[..half]) + Fold(x[half..]);
            }

            // Vector256 has the same lanes everywhere (Vector<T> does not), so the order of the additions is fixed.
            Vector256<T> lanes = Vector256<T>.Zero;
            int i = 0;
            for (; i <= x.Length - Vector256<T>.Count; i += Vector256<T>.Count) lanes += Vector256.Create(x[i..]);
            T sum = T.Zero;
            for (int lane = 0; lane < Vector256<T>.Count; lane++) sum += lanes[lane];
            for (; i < x.Length; i++) sum += x[i];
            return sum;
        }
    }

    private readonly struct MaxKernel : IReductionKernel
    {
        public T Empty<T>()
            where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
            throw new ArgumentException("Max: expected at least one element along the reduced axes, got none.");

        public void Combine<T>(Span<T> accumulator, ReadOnlySpan<T> x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Max(accumulator, x, accumulator);

        public T Fold<T>(ReadOnlySpan<T> x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Max(x);
    }

    private readonly struct MinKernel : IReductionKernel
    {
        public T Empty<T>()
            where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
            throw new ArgumentException("Min: expected at least one element along the reduced axes, got none.");

        public void Combine<T>(Span<T> accumulator, ReadOnlySpan<T> x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Min(accumulator, x, accumulator);

        public T Fold<T>(ReadOnlySpan<T> x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Min(x);
    }

    private readonly struct ProdKernel : IReductionKernel
    {
        public T Empty<T>()
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.One;

        public void Combine<T>(Span<T> accumulator, ReadOnlySpan<T> x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Multiply(accumulator, x, accumulator);

        public T Fold<T>(ReadOnlySpan<T> x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            Vector256<T> lanes = Vector256<T>.One;
            int i = 0;
            for (; i <= x.Length - Vector256<T>.Count; i += Vector256<T>.Count) lanes *= Vector256.Create(x[i..]);
            T product = T.One;
            for (int lane = 0; lane < Vector256<T>.Count; lane++) product *= lanes[lane];
            for (; i < x.Length; i++) product *= x[i];
            return product;
        }
    }
}
