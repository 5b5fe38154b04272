using FsCheck;
using FsCheck.Fluent;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class GatherTests
{
    // Rows 2, 0, 2 of three: row 2 gathers the weights of both.
    [Fact]
    public void An_element_that_was_taken_twice_gains_both_adjoints()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From(new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } })), y = Op.Gather(x, Tensor.From([2, 0, -1]), 0);

        Assert.Equal([5.0, 6, 1, 2, 5, 6], y.Value.ToDoubles());
        Assert.Equal([3.0, 4, 0, 0, 6, 8], tape.Gradient(y, x, Tensor.From(new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } })).Value.ToDoubles());
    }

    [Fact]
    public void Indices_may_lie_on_the_tape_and_have_no_gradient()
    {
        using Tape tape = new();
        Variable indices = tape.Constant(Tensor.From([1, 1])), x = tape.Watch(Tensor.From([5.0, 7]));

        Variable y = Op.Gather(x, indices, 0);

        Assert.Equal([7.0, 7], y.Value.ToDoubles());
        Assert.Equal([0.0, 2], tape.Gradient(Op.Sum(y), x).Value.ToDoubles());
        Assert.Equal([0.0, 9, 9], tape.Jvp(Op.Gather(x, Tensor.From([0, 1, 1]), 0), [x], [Tensor.From([0.0, 9])]).Value.ToDoubles());
    }

    // Places 2 and 0, and 2 again: 1 + 3 and 2; each element takes the weight of its place back.
    [Fact]
    public void ScatterAdd_adds_up_and_gives_back_by_place()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3])), y = Op.ScatterAdd(x, Tensor.From([2, 0, 2]), [4], 0);

        Assert.Equal([2.0, 0, 4, 0], y.Value.ToDoubles());
        Assert.Equal([30.0, 10, 30], tape.Gradient(y, x, Tensor.From([10.0, 20, 30, 40])).Value.ToDoubles());
    }

    [Fact]
    public void No_indices_have_a_gradient_of_zeros()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2])), nothing = tape.Watch(Tensor.Zeros([0], DType.F64)), none = Tensor.Zeros([0], DType.I32);

        Assert.Equal([0.0, 0], tape.Gradient(Op.Sum(Op.Gather(x, none, 0)), x).Value.ToDoubles());
        Assert.Equal([0], tape.Gradient(Op.Sum(Op.ScatterAdd(nothing, none, [3], 0)), nothing).Shape);
    }

    // Each element gains the weight of every place that names it.
    [Fact]
    public void The_gradient_of_any_gathering_adds_up_by_element() => Prop.ForAll(Gatherings.ToArbitrary(), sampled =>
    {
        (Shape shape, Tensor indices, int axis) = sampled;
        using Tape tape = new();
        Variable x = tape.Watch(SliceTests.Counting(shape)), y = Op.Gather(x, indices, axis);

        double[] expected = new double[shape.ElementCount], gradient = tape.Gradient(y, x, SliceTests.Counting(y.Shape)).Value.ToDoubles();
        foreach ((double element, int weight) in y.Value.ToDoubles().Select((element, weight) => (element, weight))) expected[(int)element] += weight;

        Assert.Equal(expected, gradient);
    }).QuickCheckThrowOnFailure();

    private static readonly Gen<(Shape Shape, Tensor Indices, int Axis)> Gatherings =
        from shape in SliceTests.Shapes
        where shape.Rank > 0
        from axis in Gen.Choose(-shape.Rank, shape.Rank - 1)
        from sizes in Gen.Choose(0, 3).ArrayOf(2)
        let indexed = shape[axis] == 0 ? Shape.Of(0) : Shape.Of(sizes)
        from indices in Gen.Choose(-shape[axis], Math.Max(0, shape[axis] - 1)).ArrayOf(indexed.ElementCount)
        select (shape, Tensor.From(indices, indexed), axis);
}
