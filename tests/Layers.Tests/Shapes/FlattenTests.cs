using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

public class FlattenTests
{
    [Theory]
    [InlineData(new[] { 28, 28 }, 784)]
    [InlineData(new[] { 2, 3, 4 }, 24)]
    [InlineData(new[] { 5 }, 5)]
    [InlineData(new int[] { }, 1)]
    public void All_axes_but_the_batchs_become_one(int[] shape, int expected) => Assert.Equal([expected], new Flatten().OutputShape(Shape.Of(shape)));

    [Fact]
    public void The_order_of_the_elements_is_row_major_and_nothing_is_copied()
    {
        Flatten layer = new();
        layer.BuildFor([2, 2], DType.F64, new Rng(0));
        Tensor x = Tensor.From([1.0, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);

        Variable y = layer.Forward(x, Mode.Train);

        Assert.Equal([2, 4], y.Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], y.Value.ToDoubles());
        Assert.Same(x.Buffer, y.Value.Buffer);
    }

    [Fact]
    public void The_gradient_goes_back_in_the_inputs_shape()
    {
        Flatten layer = new();
        layer.BuildFor([2, 2], DType.F64, new Rng(0));
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Zeros([1, 2, 2], DType.F64));
        Variable y = layer.Forward(x, Mode.Train);

        Variable gradient = tape.Gradient(y, x, upstream: Tensor.From([1.0, 2, 3, 4], [1, 4]));

        Assert.Equal([1, 2, 2], gradient.Shape);
        Assert.Equal([1, 2, 3, 4], gradient.Value.ToDoubles());
    }
}
