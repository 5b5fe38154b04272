using FsCheck;
using FsCheck.Fluent;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class PadTests
{
    // 1, 2 as 9 1 9 2 9 9. Of weights 1 to 6 those at 1 and 3 come back: 2 and 4. The constant moves nothing.
    [Fact]
    public void The_gradient_is_taken_out_again()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2])), y = Op.Pad(x, [new(1, 2, Between: 1)], value: 9);

        Assert.Equal([9.0, 1, 9, 2, 9, 9], y.Value.ToDoubles());
        Assert.Equal([2.0, 4], tape.Gradient(y, x, Tensor.From([1.0, 2, 3, 4, 5, 6])).Value.ToDoubles());
        Assert.Equal([0.0, 5, 0, 6, 0, 0], tape.Jvp(y, [x], [Tensor.From([5.0, 6])]).Value.ToDoubles());
    }

    [Fact]
    public void Nothing_added_is_the_variable_itself()
    {
        Variable x = Tensor.Zeros([2, 3]);

        Assert.Same(x, Op.Pad(x, [default, new(0, 0)]));
        Assert.Throws<ArgumentException>(() => Op.Pad(x, [default]));
    }

    [Fact]
    public void Around_nothing_there_is_no_gradient()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Zeros([0])), y = Op.Pad(x, [new(1, 1, Between: 3)], value: 4);

        Assert.Equal([4.0, 4], y.Value.ToDoubles());
        Assert.Equal([0], tape.Gradient(Op.Sum(y), x).Shape);
    }

    // With weights 0, 1, 2, ... over the result the gradient is where the elements were put: one by one the same as in a padded tensor of places.
    [Fact]
    public void The_gradient_of_any_padding_comes_from_where_the_elements_were_put() => Prop.ForAll(Paddings.ToArbitrary(), sampled =>
    {
        (Shape shape, AxisPadding[] paddings) = sampled;
        using Tape tape = new();
        Variable x = tape.Watch(SliceTests.Counting(shape)), y = Op.Pad(x, paddings, value: -1);
        double[] values = y.Value.ToDoubles();

        double[] gradient = tape.Gradient(y, x, SliceTests.Counting(y.Shape)).Value.ToDoubles();

        for (int i = 0; i < gradient.Length; i++) Assert.Equal(Array.IndexOf(values, i), gradient[i]);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static readonly Gen<(Shape Shape, AxisPadding[] Paddings)> Paddings =
        from shape in SliceTests.Shapes
        from paddings in Gen.Choose(0, 2).Three().Select(p => new AxisPadding(p.Item1, p.Item2, p.Item3)).ArrayOf(shape.Rank)
        select (shape, paddings);
}
