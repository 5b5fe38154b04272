using FsCheck;
using FsCheck.Fluent;

namespace Tapestry.Tensors.Tests;

public class ElementwiseTests
{
    // Each result depends on both operands and their order, so that a wrong position shows.
    [Fact]
    public void Zip_agrees_with_going_index_by_index_for_any_shapes() => Prop.ForAll(Samples.BroadcastablePairs, pair =>
    {
        foreach (DType dtype in new[] { DType.F32, DType.F64 })
        {
            Tensor x = Samples.Uniform(pair.X, dtype, 1), y = Samples.Uniform(pair.Y, dtype, 2);
            Check(x, y, x + y, (a, b) => a + b);
            Check(x, y, x - y, (a, b) => a - b);
            Check(x, y, x * y, (a, b) => a * b);
            Check(x, y, x / y, (a, b) => a / b);
            Check(x, y, Elementwise.Zip<VectorKernel<GreaterFunction>>(x, y), (a, b) => a > b ? 1 : 0);
            Check(x, y, Elementwise.Zip<VectorKernel<EqualFunction>>(x, y), (a, b) => a == b ? 1 : 0);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    // 20 and 33 are longer than any vector and not multiples of one.
    [Theory]
    [InlineData(new int[] { 2, 33 }, new int[] { 33 })]
    [InlineData(new int[] { 33 }, new int[] { 2, 33 })]
    [InlineData(new int[] { 2, 33 }, new int[] { 2, 1 })]
    [InlineData(new int[] { 33, 1 }, new int[] { 1, 20 })]
    [InlineData(new int[] { 3, 1, 20 }, new int[] { 33, 1 })]
    [InlineData(new int[] { 2, 1, 3, 1, 20 }, new int[] { 1, 5, 1, 7, 1 })]
    [InlineData(new int[] { }, new int[] { 33 })]
    [InlineData(new int[] { 33 }, new int[] { 1, 1, 1 })]
    [InlineData(new int[] { }, new int[] { })]
    [InlineData(new int[] { 0, 3 }, new int[] { 3 })]
    [InlineData(new int[] { 0 }, new int[] { 1 })]
    public void Zip_repeats_along_every_pattern_of_axes(int[] shapeX, int[] shapeY)
    {
        Tensor x = Samples.Uniform(Shape.Of(shapeX), DType.F32, 1), y = Samples.Uniform(Shape.Of(shapeY), DType.F32, 2);

        Check(x, y, x - y, (a, b) => a - b);
        Check(x, y, Elementwise.Zip<VectorKernel<GreaterFunction>>(x, y), (a, b) => a > b ? 1 : 0);
    }

    [Fact]
    public void Operands_may_be_views_with_offsets()
    {
        Tensor x = Samples.Counting([5, 3]).Rows(1, 2), y = Samples.Counting([7]).Rows(4, 3);

        // [[3, 4, 5], [6, 7, 8]] - [4, 5, 6]
        Assert.Equal([-1.0, -1, -1, 2, 2, 2], (x - y).ToDoubles());
    }

    [Fact]
    public void An_operand_may_be_both_sides()
    {
        Tensor x = Samples.Counting([4]);

        Assert.Equal([0.0, 1, 4, 9], (x * x).ToDoubles());
        Assert.Equal([0.0, 1, 2, 3], x.ToDoubles());
    }

    [Fact]
    public void Types_do_not_mix_and_integers_have_no_arithmetic()
    {
        Assert.StartsWith("Add: ", Assert.Throws<ArgumentException>(() => Tensor.Zeros([2]) + Tensor.Zeros([2], DType.F64)).Message, StringComparison.Ordinal);
        Assert.StartsWith("Add: ", Assert.Throws<ArgumentException>(() => Tensor.Zeros([2], DType.I32) + Tensor.Zeros([2], DType.I32)).Message, StringComparison.Ordinal);
        Assert.StartsWith("Expm1: ", Assert.Throws<ArgumentException>(() => Elementwise.Map<Expm1Kernel>(Tensor.Zeros([2], DType.U8))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_applies_to_any_shape_and_leaves_the_operand()
    {
        Tensor x = Tensor.Zeros([2, 0, 3]), y = Samples.Counting([3, 2]).Rows(1, 2);

        Assert.Equal([2, 0, 3], Elementwise.Map<Expm1Kernel>(x).Shape);
        Assert.Equal(Math.Exp(5) - 1, Elementwise.Map<Expm1Kernel>(y)[1, 1], 1e-12);
        Assert.Equal([2.0, 3, 4, 5], y.ToDoubles());
    }

    public static TheoryData<DType, int> Tails()
    {
        TheoryData<DType, int> data = [];
        foreach (DType dtype in new[] { DType.F32, DType.F64 })
        {
            for (int length = 0; length <= 17; length++) data.Add(dtype, length);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Tails))]
    public void Select_chooses_by_the_mask_for_every_length(DType dtype, int length)
    {
        // The mask is 0, 1, -0, 2, NaN, 0, ...: anything but a zero of either sign chooses x.
        double[] pattern = [0, 1, -0.0, 2, double.NaN];
        Tensor mask = Tensor.From([.. Enumerable.Range(0, length).Select(i => pattern[i % 5])]).Cast(dtype);
        Tensor x = Samples.Uniform([length], dtype, 1), y = Samples.Uniform([length], dtype, 2);

        Tensor result = Elementwise.Select(mask, x, y);

        Assert.Equal(Enumerable.Range(0, length).Select(i => i % 5 is 0 or 2 ? y[i] : x[i]), result.ToDoubles());
    }

    [Theory]
    [MemberData(nameof(Tails))]
    public void Select_repeats_a_single_number_on_either_side(DType dtype, int length)
    {
        Tensor mask = Tensor.From([.. Enumerable.Range(0, length).Select(i => (double)(i % 2))]).Cast(dtype);
        Tensor x = Samples.Uniform([length], dtype, 1), number = Tensor.Full([1], 7, dtype), other = Tensor.Scalar(9, dtype);

        Assert.Equal(Enumerable.Range(0, length).Select(i => i % 2 == 0 ? 7 : x[i]), Elementwise.Select(mask, x, number).ToDoubles());
        Assert.Equal(Enumerable.Range(0, length).Select(i => i % 2 == 0 ? x[i] : 9), Elementwise.Select(mask, other, x).ToDoubles());
        Assert.Equal(Enumerable.Range(0, length).Select(i => i % 2 == 0 ? 7.0 : 9), Elementwise.Select(mask, other, number).ToDoubles());
        Assert.Equal([length], Elementwise.Select(mask, other, number).Shape);
    }

    [Fact]
    public void Select_lets_nothing_through_from_the_side_not_chosen()
    {
        Tensor mask = Tensor.From([1f, 0]);

        Tensor result = Elementwise.Select(mask, Tensor.From([5f, float.NaN]), Tensor.From([float.PositiveInfinity, 6]));

        Assert.Equal([5f, 6], result.ToArray<float>());
    }

    [Fact]
    public void Select_refuses_other_shapes_and_types()
    {
        Tensor x = Tensor.Zeros([2, 3]);

        Assert.Throws<ArgumentException>(() => Elementwise.Select(x, x, Tensor.Zeros([3])));
        Assert.Throws<ArgumentException>(() => Elementwise.Select(Tensor.Zeros([3, 2]), x, x));
        Assert.Throws<ArgumentException>(() => Elementwise.Select(x.Cast(DType.F64), x, x));
        Assert.Throws<ArgumentException>(() => Elementwise.Select(x.Cast(DType.U8), x.Cast(DType.U8), x.Cast(DType.U8)));
    }

    private static void Check(Tensor x, Tensor y, Tensor result, Func<double, double, double> function)
    {
        int i = 0;
        double[] actual = result.ToDoubles();
        foreach (int[] index in Naive.Indices(result.Shape))
        {
            double exact = function(Naive.Broadcast(x, index), Naive.Broadcast(y, index));
            // A sum, product or quotient of two floats, computed in double and rounded, is the correctly rounded float.
            Assert.Equal(x.DType == DType.F32 ? (float)exact : exact, actual[i++]);
        }

        Assert.Equal(result.Length, i);
        Assert.Equal(Shape.Broadcast(x.Shape, y.Shape), result.Shape);
    }
}
