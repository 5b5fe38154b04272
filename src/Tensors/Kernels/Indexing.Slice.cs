namespace Tapestry.Tensors;

/// <content>Parts of axes, and axes with room around them.</content>
public static partial class Indexing
{
    /// <summary>The elements at the positions that each axis's range names, by NumPy's rule. Axes without a range stay whole.</summary>
    /// <param name="x">Any shape, any type.</param>
    /// <param name="ranges">One range for each leading axis, at most as many as there are axes.</param>
    /// <exception cref="ArgumentException">There are more ranges than axes.</exception>
    public static Tensor Slice(Tensor x, params ReadOnlySpan<AxisRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (ranges.Length > x.Rank) throw new ArgumentException($"Slice: expected at most {x.Rank} ranges for shape {x.Shape}, got {ranges.Length}.", nameof(ranges));

        int[] sizes = [.. x.Shape];
        int[] strides = StridedPlan.Dense(x.Shape);
        int offset = 0;
        for (int axis = 0; axis < ranges.Length; axis++)
        {
            (int start, sizes[axis]) = ranges[axis].Resolve(sizes[axis]);
            offset += start * strides[axis];
            strides[axis] *= ranges[axis].Step;
        }

        Tensor result = Tensor.Uninitialized(Shape.Of(sizes), x.DType);
        new StridedPlan(result.Shape, offset, strides).Read(x, result);
        return result;
    }

    /// <summary>The elements of some axes in reverse.</summary>
    /// <param name="x">Any shape, any type.</param>
    /// <param name="axes">The axes to reverse; all of them where null.</param>
    public static Tensor Flip(Tensor x, Axes? axes = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        AxisRange[] ranges = new AxisRange[x.Rank];
        Array.Fill(ranges, axes is null ? AxisRange.Reversed : AxisRange.All);
        foreach (int axis in axes?.Resolve(x.Rank) ?? []) ranges[axis] = AxisRange.Reversed;
        return Slice(x, ranges);
    }

    /// <summary>x with a number put before, behind and between the elements of its axes.</summary>
    /// <param name="x">Any shape, any type.</param>
    /// <param name="paddings">One for each axis.</param>
    /// <param name="value">The number, converted as <see cref="Tensor.Cast"/> does; 0 unless told otherwise.</param>
    /// <exception cref="ArgumentException">There are more or fewer paddings than axes, or one is negative.</exception>
    public static Tensor Pad(Tensor x, ReadOnlySpan<AxisPadding> paddings, double value = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (paddings.Length != x.Rank) throw new ArgumentException($"Pad: expected a padding for each of the {x.Rank} axes of {x.Shape}, got {paddings.Length}.", nameof(paddings));
        int[] sizes = [.. x.Shape];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            AxisPadding padding = paddings[axis];
            if (padding.Before < 0 || padding.After < 0 || padding.Between < 0) throw new ArgumentException($"Pad: expected paddings of 0 or more, got {padding} on axis {axis}. Slice takes elements away.", nameof(paddings));
            long size = (long)sizes[axis] + padding.Before + padding.After + (Math.Max(0, sizes[axis] - 1L) * padding.Between);
            sizes[axis] = size <= Array.MaxLength ? (int)size : throw new ArgumentException($"Pad: expected a result of at most {Array.MaxLength} elements, got {padding} on axis {axis} of {x.Shape}.", nameof(paddings));
        }

        Tensor result = Tensor.Uninitialized(Shape.Of(sizes), x.DType);
        result.Fill(value);
        int[] strides = StridedPlan.Dense(result.Shape);
        int offset = 0;
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            offset += paddings[axis].Before * strides[axis];
            strides[axis] *= paddings[axis].Between + 1;
        }

        new StridedPlan(x.Shape, offset, strides).Write(x, result);
        return result;
    }
}
