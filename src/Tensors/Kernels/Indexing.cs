using System.Globalization;
using System.Numerics;

namespace Tapestry.Tensors;

/// <summary>Operations that move elements and compute none: permuted axes, broadcast copies, slices, padding, joined and gathered parts, one-hot codes.</summary>
public static partial class Indexing
{
    /// <summary>The axes in another order: axis i of the result is axis <paramref name="order"/>[i] of x.</summary>
    /// <exception cref="ArgumentException">The order does not name each axis once.</exception>
    public static Tensor Permute(Tensor x, Axes order)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(order);
        order.Resolve(x.Rank);
        if (order.Count != x.Rank) throw new ArgumentException($"Permute: expected all {x.Rank} axes of {x.Shape} in a new order, got {order}.", nameof(order));

        int[] dense = StridedPlan.Dense(x.Shape);
        int[] strides = new int[x.Rank];
        int[] sizes = new int[x.Rank];
        for (int i = 0; i < x.Rank; i++)
        {
            int axis = order[i] < 0 ? order[i] + x.Rank : order[i];
            (sizes[i], strides[i]) = (x.Shape[axis], dense[axis]);
        }

        Tensor result = Tensor.Uninitialized(Shape.Of(sizes), x.DType);
        new StridedPlan(result.Shape, 0, strides).Read(x, result);
        return result;
    }

    /// <summary>A copy in which x is repeated to a shape by NumPy's rule.</summary>
    /// <exception cref="ArgumentException">The shape of x does not broadcast to it.</exception>
    public static Tensor BroadcastTo(Tensor x, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(shape);
        if (!x.Shape.BroadcastsTo(shape)) throw new ArgumentException($"BroadcastTo: expected a shape that {x.Shape} broadcasts to, got {shape}.", nameof(shape));

        int[] dense = StridedPlan.Dense(x.Shape);
        int[] strides = new int[shape.Rank];
        for (int fromEnd = 1; fromEnd <= x.Rank; fromEnd++) strides[^fromEnd] = x.Shape[-fromEnd] == 1 ? 0 : dense[^fromEnd];

        Tensor result = Tensor.Uninitialized(shape, x.DType);
        new StridedPlan(shape, 0, strides).Read(x, result);
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
}
