using System.Runtime.Intrinsics;

namespace Tapestry.Tensors.Tests.Kernels;

/// <summary>Every length has another end: whole vectors, some done once more, fewer than one. Each element is changed once, in place too, and nothing behind the end.</summary>
public class VectorLoopTests
{
    public static TheoryData<int> Lengths => [.. Enumerable.Range(0, 35)];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Map_changes_each_element_once(int length)
    {
        float[] x = [.. Enumerable.Range(1, 40)], apart = [.. x], inPlace = [.. x];

        VectorLoop.Map(x.AsSpan(0, length), apart.AsSpan(), default(Square));
        VectorLoop.Map(inPlace.AsSpan(0, length), inPlace.AsSpan(), default(Square));

        float[] expected = [.. x.Select((value, i) => i < length ? value * value : value)];
        Assert.Equal(expected, apart);
        Assert.Equal(expected, inPlace);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Zip_changes_each_element_once(int length)
    {
        double[] x = [.. Enumerable.Range(1, 40)], y = [.. Enumerable.Range(3, 40)], apart = [.. x], inPlace = [.. x];

        VectorLoop.Zip(x.AsSpan(0, length), y.AsSpan(), apart.AsSpan(), default(Product));
        VectorLoop.Zip(inPlace.AsSpan(0, length), y.AsSpan(), inPlace.AsSpan(), default(Product));

        double[] expected = [.. x.Select((value, i) => i < length ? value * y[i] : value)];
        Assert.Equal(expected, apart);
        Assert.Equal(expected, inPlace);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Part_of_a_vector_is_written_and_nothing_behind_it(int length)
    {
        float[] floats = new float[20];
        double[] doubles = new double[20];
        if (length is > 0 and <= 16) PartOfVector.Store(Vector512.Create(1f), ref floats[2], length);
        if (length is > 0 and <= 4) PartOfVector.Store(Vector256.Create(1.0), ref doubles[2], length);

        Assert.Equal(Enumerable.Range(0, 20).Select(i => length <= 16 && i >= 2 && i < 2 + length ? 1f : 0), floats);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => length <= 4 && i >= 2 && i < 2 + length ? 1.0 : 0), doubles);
    }

    private readonly struct Square : IVectorFunction
    {
        public Vector256<T> Invoke<T>(Vector256<T> x)
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> => x * x;
    }

    private readonly struct Product : IVectorFunction2
    {
        public Vector256<T> Invoke<T>(Vector256<T> x, Vector256<T> y)
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> => x * y;
    }
}
