using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Tapestry.Tensors;

/// <summary>Operations that move elements and compute none: permuted axes, broadcast copies, gathered rows, one-hot codes.</summary>
public static class Indexing
{
    /// <summary>The axes in another order: axis i of the result is axis <paramref name="order"/>[i] of x.</summary>
    /// <exception cref="ArgumentException">The order does not name each axis once.</exception>
    public static Tensor Permute(Tensor x, Axes order)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(order);
        order.Resolve(x.Rank);
        if (order.Count != x.Rank) throw new ArgumentException($"Permute: expected all {x.Rank} axes of {x.Shape} in a new order, got {order}.", nameof(order));

        int[] strides = new int[x.Rank];
        int[] sizes = new int[x.Rank];
        for (int i = 0; i < x.Rank; i++)
        {
            int axis = order[i] < 0 ? order[i] + x.Rank : order[i];
            sizes[i] = x.Shape[axis];
            strides[i] = x.Length == 0 ? 0 : Shape.Of(x.Shape.AsSpan()[(axis + 1)..]).ElementCount;
        }

        Tensor result = Tensor.Uninitialized(Shape.Of(sizes), x.DType);
        Gather(x, result, strides);
        return result;
    }

    /// <summary>A copy in which x is repeated to a shape by NumPy's rule.</summary>
    /// <exception cref="ArgumentException">The shape of x does not broadcast to it.</exception>
    public static Tensor BroadcastTo(Tensor x, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(shape);
        if (!x.Shape.BroadcastsTo(shape)) throw new ArgumentException($"BroadcastTo: expected a shape that {x.Shape} broadcasts to, got {shape}.", nameof(shape));

        int[] strides = new int[shape.Rank];
        int stride = 1;
        for (int fromEnd = 1; fromEnd <= x.Rank; fromEnd++)
        {
            strides[^fromEnd] = x.Shape[-fromEnd] == 1 ? 0 : stride;
            stride *= x.Shape[-fromEnd];
        }

        Tensor result = Tensor.Uninitialized(shape, x.DType);
        Gather(x, result, strides);
        return result;
    }

    /// <summary>The rows of the first axis that the indices name, in their order, a row as often as it is named.</summary>
    /// <param name="x">[N, ...], any type.</param>
    /// <param name="rows">Row numbers from 0 to N - 1.</param>
    /// <exception cref="ArgumentException">x is a scalar, or an index lies outside it.</exception>
    public static Tensor GatherRows(Tensor x, ReadOnlySpan<int> rows)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank == 0) throw new ArgumentException("GatherRows: expected a tensor with rows, got a scalar.", nameof(x));
        Tensor result = Tensor.Uninitialized(x.Shape.With(0, rows.Length), x.DType);
        int rowBytes = x.Length == 0 ? 0 : x.Shape.WithoutFirst().ElementCount * x.DType.Size();
        Span<byte> destination = result.AsBytes();
        for (int i = 0; i < rows.Length; i++)
        {
            if ((uint)rows[i] >= (uint)x.Shape[0])
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"GatherRows: expected row numbers below {x.Shape[0]} for shape {x.Shape}, got {rows[i]} at position {i}."), nameof(rows));
            }

            x.AsBytes().Slice(rows[i] * rowBytes, rowBytes).CopyTo(destination[(i * rowBytes)..]);
        }

        return result;
    }

    /// <summary>Class numbers as rows that are 1 at the class and 0 elsewhere.</summary>
    /// <param name="labels">Any shape, I32 or U8.</param>
    /// <param name="classes">The number of classes, the size of the new last axis.</param>
    /// <param name="dtype">The type of the result; F32 unless told otherwise.</param>
    /// <exception cref="ArgumentException">The labels are not integers, or one lies outside 0 to classes - 1.</exception>
    public static Tensor OneHot(Tensor labels, int classes, DType dtype = DType.F32)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.DType is not (DType.I32 or DType.U8)) throw new ArgumentException($"OneHot: expected labels of I32 or U8, got {labels.DType}{labels.Shape}.", nameof(labels));
        Tensor result = Tensor.Uninitialized(Shape.Of([.. labels.Shape, classes]), dtype);
        result.AsBytes().Clear();
        ReadOnlySpan<int> numbers = labels.Cast(DType.I32).AsSpan<int>();
        switch (dtype)
        {
            case DType.F32: OneHot<float>(numbers, classes, result); break;
            case DType.F64: OneHot<double>(numbers, classes, result); break;
            case DType.I32: OneHot<int>(numbers, classes, result); break;
            default: OneHot<byte>(numbers, classes, result); break;
        }

        return result;
    }

    private static void OneHot<T>(ReadOnlySpan<int> labels, int classes, Tensor result)
        where T : unmanaged, INumber<T>
    {
        Span<T> rows = result.AsSpan<T>();
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classes)
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"OneHot: expected labels from 0 to {classes - 1}, got {labels[i]} at position {i}."), nameof(labels));
            }

            rows[(i * classes) + labels[i]] = T.One;
        }
    }

    /// <summary>Fills the result in order, reading x at the position that the strides give. Only the size of an element matters, not its type.</summary>
    private static void Gather(Tensor x, Tensor result, int[] strides)
    {
        switch (x.DType.Size())
        {
            case 1: Gather(x.AsBytes(), result.AsBytes(), result.Shape, strides); break;
            case 4: Gather(MemoryMarshal.Cast<byte, uint>(x.AsBytes()), MemoryMarshal.Cast<byte, uint>(result.AsBytes()), result.Shape, strides); break;
            default: Gather(MemoryMarshal.Cast<byte, ulong>(x.AsBytes()), MemoryMarshal.Cast<byte, ulong>(result.AsBytes()), result.Shape, strides); break;
        }
    }

    private static void Gather<T>(ReadOnlySpan<T> x, Span<T> result, Shape shape, int[] strides)
        where T : unmanaged
    {
        if (result.IsEmpty) return;
        int last = shape.Rank - 1;
        int run = last < 0 ? 1 : shape[last];
        int step = last < 0 ? 1 : strides[last];
        int[] counters = new int[shape.Rank];
        int source = 0;
        for (int start = 0; start < result.Length; start += run)
        {
            Span<T> target = result.Slice(start, run);
            if (step == 1) x.Slice(source, run).CopyTo(target);
            else if (step == 0) target.Fill(x[source]);
            else for (int i = 0; i < run; i++) target[i] = x[source + (i * step)];

            for (int axis = last - 1; axis >= 0; axis--)
            {
                source += strides[axis];
                if (++counters[axis] < shape[axis]) break;
                source -= strides[axis] * shape[axis];
                counters[axis] = 0;
            }
        }
    }
}
