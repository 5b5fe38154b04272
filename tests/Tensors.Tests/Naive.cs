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
