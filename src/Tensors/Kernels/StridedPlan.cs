using System.Runtime.InteropServices;

namespace Tapestry.Tensors;

/// <summary>
/// Copies between a dense tensor and places of another that an offset and strides name: permuted, repeated, sliced or padded. Axes that can be walked as one are merged
/// first, so that whole rows are a single run. Only the size of an element matters, not its type.
/// </summary>
internal readonly struct StridedPlan
{
    // Innermost first: position 0 is the run.
    private readonly int[] sizes;
    private readonly int[] strides;
    private readonly int offset;

    /// <param name="dense">The shape of the dense tensor.</param>
    /// <param name="offset">Where its first element lies in the other one.</param>
    /// <param name="strides">How far apart neighbours along each axis lie there: 0 repeats, a negative number goes backward.</param>
    public StridedPlan(Shape dense, int offset, ReadOnlySpan<int> strides)
    {
        this.offset = offset;
        List<int> merged = [], steps = [];
        for (int axis = dense.Rank - 1; axis >= 0; axis--)
        {
            if (dense[axis] == 1) continue;
            if (merged.Count > 0 && strides[axis] == steps[^1] * merged[^1])
            {
                merged[^1] *= dense[axis];
                continue;
            }

            merged.Add(dense[axis]);
            steps.Add(strides[axis]);
        }

        if (merged.Count == 0)
        {
            merged.Add(1);
            steps.Add(1);
        }

        sizes = [.. merged];
        this.strides = [.. steps];
    }

    /// <summary>The strides of a dense tensor. Those of an empty one, which nothing is read by, mean nothing.</summary>
    public static int[] Dense(Shape shape)
    {
        int[] strides = new int[shape.Rank];
        int stride = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride = unchecked(stride * shape[axis]);
        }

        return strides;
    }

    /// <summary>Fills the dense tensor from places of x.</summary>
    public void Read(Tensor x, Tensor dense)
    {
        switch (x.DType.Size())
        {
            case 1: Read<byte>(x.AsBytes(), dense.AsBytes()); break;
            case 4: Read<uint>(x.AsBytes(), dense.AsBytes()); break;
            default: Read<ulong>(x.AsBytes(), dense.AsBytes()); break;
        }
    }

    /// <summary>Writes the dense tensor to places of the result.</summary>
    public void Write(Tensor dense, Tensor result)
    {
        switch (dense.DType.Size())
        {
            case 1: Write<byte>(dense.AsBytes(), result.AsBytes()); break;
            case 4: Write<uint>(dense.AsBytes(), result.AsBytes()); break;
            default: Write<ulong>(dense.AsBytes(), result.AsBytes()); break;
        }
    }

    private void Read<T>(ReadOnlySpan<byte> from, Span<byte> to)
        where T : unmanaged
    {
        ReadOnlySpan<T> x = MemoryMarshal.Cast<byte, T>(from);
        Span<T> dense = MemoryMarshal.Cast<byte, T>(to);
        if (dense.IsEmpty) return;
        (int run, int step) = (sizes[0], strides[0]);
        int[] counters = new int[sizes.Length];
        int place = offset;
        for (int start = 0; start < dense.Length; start += run, place = Next(counters, place))
        {
            Span<T> target = dense.Slice(start, run);
            if (step == 1) x.Slice(place, run).CopyTo(target);
            else if (step == 0) target.Fill(x[place]);
            else for (int i = 0; i < target.Length; i++) target[i] = x[place + (i * step)];
        }
    }

    private void Write<T>(ReadOnlySpan<byte> from, Span<byte> to)
        where T : unmanaged
    {
        ReadOnlySpan<T> dense = MemoryMarshal.Cast<byte, T>(from);
        Span<T> result = MemoryMarshal.Cast<byte, T>(to);
        if (dense.IsEmpty) return;
        (int run, int step) = (sizes[0], strides[0]);
        int[] counters = new int[sizes.Length];
        int place = offset;
        for (int start = 0; start < dense.Length; start += run, place = Next(counters, place))
        {
            ReadOnlySpan<T> source = dense.Slice(start, run);
            if (step == 1) source.CopyTo(result.Slice(place, run));
            else for (int i = 0; i < source.Length; i++) result[place + (i * step)] = source[i];
        }
    }

    /// <summary>Counts through the outer axes like an odometer, and follows with the place.</summary>
    private int Next(int[] counters, int place)
    {
        for (int axis = 1; axis < sizes.Length; axis++)
        {
            place += strides[axis];
            if (++counters[axis] < sizes[axis]) break;
            place -= strides[axis] * sizes[axis];
            counters[axis] = 0;
        }

        return place;
    }
}
