using FsCheck;
using FsCheck.Fluent;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class SliceTests
{
    // Rows 0 and 2, columns 3 and 1 of a 3 by 4 matrix of 0 to 11. Weights 1 to 4 go back there.
    [Fact]
    public void The_gradient_goes_back_to_its_places()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([.. Enumerable.Range(0, 12).Select(i => (double)i)], [3, 4]));

        Variable y = Op.Slice(x, new(step: 2), new(step: -2));

        Assert.Equal([3.0, 1, 11, 9], y.Value.ToDoubles());
        Assert.Equal([0.0, 2, 0, 1, 0, 0, 0, 0, 0, 4, 0, 3], tape.Gradient(y, x, Tensor.From([1.0, 2, 3, 4], [2, 2])).Value.ToDoubles());
    }

    [Fact]
    public void Nothing_taken_has_a_gradient_of_zeros()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3])), y = Op.Slice(x, 2..2);

        Assert.Equal([0], y.Shape);
        Assert.Equal([0.0, 0, 0], tape.Gradient(y, x, Tensor.Zeros([0], DType.F64)).Value.ToDoubles());
    }

    [Fact]
    public void Steps_beyond_any_axis_take_one_element()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3])), first = Op.Slice(x, new AxisRange(step: int.MaxValue)), last = Op.Slice(x, new AxisRange(step: int.MinValue));

        Assert.Equal([1.0, 0, 0], tape.Gradient(Op.Sum(first), x).Value.ToDoubles());
        Assert.Equal([0.0, 0, 1], tape.Gradient(Op.Sum(last), x).Value.ToDoubles());
    }

    // The gradient of the taken elements, weighted 1, 2, 3, ..., is those weights at the places that the same slice finds in a tensor of 0, 1, 2, ...
    [Fact]
    public void The_gradient_of_any_slice_stands_where_the_slice_took_its_elements() => Prop.ForAll(Slices.ToArbitrary(), sampled =>
    {
        (Shape shape, AxisRange[] ranges) = sampled;
        using Tape tape = new();
        Variable x = tape.Watch(Counting(shape)), y = Op.Slice(x, ranges);
        double[] weights = [.. Enumerable.Range(1, y.Shape.ElementCount).Select(i => (double)i)];

        double[] expected = new double[shape.ElementCount];
        foreach ((double place, double weight) in y.Value.ToDoubles().Zip(weights)) expected[(int)place] = weight;

        Assert.Equal(expected, tape.Gradient(y, x, Tensor.From(weights, y.Shape)).Value.ToDoubles());
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    internal static Gen<Shape> Shapes { get; } =
        from rank in Gen.Choose(0, 3)
        from sizes in Gen.Choose(0, 5).ArrayOf(rank)
        select Shape.Of(sizes);

    internal static Tensor Counting(Shape shape) => Tensor.From([.. Enumerable.Range(0, shape.ElementCount).Select(i => (double)i)], shape);

    private static readonly Gen<(Shape Shape, AxisRange[] Ranges)> Slices =
        from shape in Shapes
        from count in Gen.Choose(0, shape.Rank)
        from ranges in (from start in Ends() from stop in Ends() from step in Gen.Elements(-3, -2, -1, 1, 2, 3) select new AxisRange(start, stop, step)).ArrayOf(count)
        select (shape, ranges);

    private static Gen<int?> Ends() => Gen.Frequency((1, Gen.Constant((int?)null)), (3, Gen.Choose(-7, 7).Select(end => (int?)end)));
}
