using System.Numerics;
using System.Numerics.Tensors;

namespace Tapestry.Tensors;

/// <summary>Elements added to the places that indices name.</summary>
public static class Scatter
{
    /// <summary>The transpose of <see cref="Indexing.Gather"/>: each part of x is added to zeros where its index says, in order, so that parts with one index add up.</summary>
    /// <param name="x">[outer..., indices..., inner...], F32 or F64.</param>
    /// <param name="indices">Any shape, I32 or U8, from -N to N - 1; negative ones count from the end.</param>
    /// <param name="shape">[outer..., N, inner...], the result's.</param>
    /// <param name="axis">The axis of the result that the indices walk along.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, x is no F32 or F64, the indices are no integers, or one lies outside the axis.</exception>
    public static Tensor Add(Tensor x, Tensor indices, Shape shape, int axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(shape);
        int along = Axes.FromInt32(axis).Resolve(shape.Rank)[0];
        Shape expected = Indexing.GatheredShape(shape, indices.Shape, along);
        if (x.Shape != expected) throw new ArgumentException($"ScatterAdd: expected shape {expected} for indices {indices.Shape} into axis {along} of {shape}, got {x.Shape}.", nameof(x));
        int[] positions = Indexing.Positions("ScatterAdd", indices, shape, along);
        if (!x.DType.IsFloat()) throw Guard.NotFloat("ScatterAdd", x);

        Tensor result = Tensor.Uninitialized(shape, x.DType);
        result.AsBytes().Clear();
        if (x.Length == 0) return result;
        int outer = Shape.Of(shape.AsSpan()[..along]).ElementCount, size = shape[along], inner = shape.ElementCount / outer / size;
        if (x.DType == DType.F32) Add<float>(x.AsSpan<float>(), result.AsSpan<float>(), positions, outer, size, inner);
        else Add<double>(x.AsSpan<double>(), result.AsSpan<double>(), positions, outer, size, inner);
        return result;
    }

    private static void Add<T>(ReadOnlySpan<T> x, Span<T> result, int[] positions, int outer, int size, int inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < outer; i++)
        {
            ReadOnlySpan<T> source = x.Slice(i * positions.Length * inner, positions.Length * inner);
            Span<T> target = result.Slice(i * size * inner, size * inner);
            for (int k = 0; k < positions.Length; k++)
            {
                if (inner == 1)
                {
                    target[positions[k]] += source[k];
                    continue;
                }

                Span<T> sum = target.Slice(positions[k] * inner, inner);
                TensorPrimitives.Add(sum, source.Slice(k * inner, inner), sum);
            }
        }
    }
}
