namespace Tapestry.Tensors.Tests;

/// <summary>Reference implementations that go element by element through indices: too slow to use and too simple to be wrong.</summary>
internal static class Naive
{
    /// <summary>Every index of a shape, the last axis fastest.</summary>
    public static IEnumerable<int[]> Indices(Shape shape)
    {
        IEnumerable<int[]> indices = [[]];
        foreach (int size in shape) indices = indices.SelectMany(index => Enumerable.Range(0, size).Select(i => (int[])[.. index, i]));
        return indices;
    }

    /// <summary>The element of an operand that stands at an index of a broadcast result.</summary>
    public static double Broadcast(Tensor x, int[] index)
    {
        int[] own = index[^x.Rank..];
        for (int axis = 0; axis < own.Length; axis++)
        {
            if (x.Shape[axis] == 1) own[axis] = 0;
        }

        return x[own];
    }

    /// <summary>The positions that a range names on an axis of a size, by walking from one to the next as Python does.</summary>
    public static int[] Positions(AxisRange range, int size)
    {
        List<int> positions = [];
        int place = range.Start ?? (range.Step > 0 ? 0 : size - 1), stop = range.Stop ?? (range.Step > 0 ? size : -size - 1);
        if (range.Start < 0) place += size;
        if (stop < 0) stop += size;
        // A start outside the axis becomes the nearest place from which the walk could enter it.
        if (place < 0) place = range.Step > 0 ? 0 : -1;
        if (place >= size) place = range.Step > 0 ? size : size - 1;
        for (; place >= 0 && place < size && (range.Step > 0 ? place < stop : place > stop); place += range.Step) positions.Add(place);
        return [.. positions];
    }

    /// <summary>Folds over axes: the result's elements by the index of what is left.</summary>
    public static double[] Reduce(Tensor x, int[] axes, double seed, Func<double, double, double> fold)
    {
        int[] kept = [.. Enumerable.Range(0, x.Rank).Except(axes)];
        Shape shape = Shape.Of([.. kept.Select(axis => x.Shape[axis])]);
        Dictionary<string, double> results = Indices(shape).ToDictionary(index => string.Join(',', index), _ => seed);
        foreach (int[] index in Indices(x.Shape))
        {
            string key = string.Join(',', kept.Select(axis => index[axis]));
            results[key] = fold(results[key], x[index]);
        }

        return [.. Indices(shape).Select(index => results[string.Join(',', index)])];
    }
}
