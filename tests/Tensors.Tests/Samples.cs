using FsCheck;
using FsCheck.Fluent;

namespace Tapestry.Tensors.Tests;

/// <summary>Random tensors and shapes.</summary>
internal static class Samples
{
    /// <summary>The two types of arithmetic.</summary>
    public static TheoryData<DType> Floats => [DType.F32, DType.F64];

    /// <summary>Sizes that broadcast together: each operand may lack leading axes and have size 1 anywhere.</summary>
    public static Arbitrary<(Shape X, Shape Y)> BroadcastablePairs { get; } = (
        from sizes in Gen.Elements(0, 1, 2, 3, 5, 9).ListOf(4)
        from rank in Gen.Choose(0, 4)
        from x in Operand([.. sizes.Take(rank)])
        from y in Operand([.. sizes.Take(rank)])
        select (x, y)).ToArbitrary();

    /// <summary>Any shape of rank 0 to 4 with small sizes, 0 among them.</summary>
    public static Arbitrary<Shape> Shapes { get; } = (
        from sizes in Gen.Elements(0, 1, 2, 3, 4).ListOf(4)
        from rank in Gen.Choose(0, 4)
        select Shape.Of([.. sizes.Take(rank)])).ToArbitrary();

    /// <summary>Ranges with and without a start and a stop, inside and outside of small axes, forward and backward.</summary>
    public static Gen<AxisRange> Ranges { get; } =
        from start in Gen.Choose(-7, 7).OrNull()
        from stop in Gen.Choose(-7, 7).OrNull()
        from step in Gen.Elements(-3, -2, -1, 1, 2, 3)
        select new AxisRange(start, stop, step);

    /// <summary>Numbers from -1 to 1, the same for equal arguments.</summary>
    public static Tensor Uniform(Shape shape, DType dtype, ulong seed = 1)
    {
        Rng rng = new(seed);
        Tensor result = Tensor.Zeros(shape, DType.F64);
        foreach (ref double element in result.AsSpan<double>()) element = (2 * rng.NextDouble()) - 1;
        return result.Cast(dtype);
    }

    /// <summary>The numbers 0, 1, 2, ... in a shape.</summary>
    public static Tensor Counting(Shape shape, DType dtype = DType.F64)
    {
        Tensor result = Tensor.Zeros(shape, DType.I32);
        for (int i = 0; i < result.Length; i++) result.AsSpan<int>()[i] = i;
        return result.Cast(dtype);
    }

    private static Gen<int?> OrNull(this Gen<int> numbers) => Gen.Frequency((1, Gen.Constant((int?)null)), (3, numbers.Select(number => (int?)number)));

    private static Gen<Shape> Operand(int[] sizes) =>
        from ones in Gen.Elements(false, false, true).ListOf(sizes.Length)
        from dropped in Gen.Choose(0, sizes.Length)
        from drops in Gen.Elements(false, true)
        select Shape.Of([.. sizes.Zip(ones, (size, one) => one ? 1 : size).Skip(drops ? dropped : 0)]);
}
