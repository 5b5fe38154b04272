using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

/// <summary>Layers that only move elements about.</summary>
public class ShapeLayerTests
{
    private static readonly Tensor Counted = Tensor.From([.. Enumerable.Range(0, 12).Select(i => (double)i)], [2, 2, 3]);

    [Fact]
    public void Reshape_keeps_the_order_of_elements_and_works_out_what_is_left()
    {
        Variable y = Built(new Reshape(-1, 2)).Forward(Counted, Mode.Inference);

        Assert.Equal([2, 3, 2], y.Shape);
        Assert.Equal(Counted.ToDoubles(), y.Value.ToDoubles());
    }

    // [[0, 1, 2], [3, 4, 5]] becomes [[0, 3], [1, 4], [2, 5]].
    [Fact]
    public void Permute_counts_axes_from_1()
    {
        Variable y = Built(new Permute(2, 1)).Forward(Counted, Mode.Inference);

        Assert.Equal([2, 3, 2], y.Shape);
        Assert.Equal([0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11], y.Value.ToDoubles());
    }

    [Fact]
    public void RepeatVector_puts_an_axis_between()
    {
        RepeatVector layer = new(2);
        layer.BuildFor([2], DType.F64, new Rng(0));

        Variable y = layer.Forward(Tensor.From(new double[,] { { 1, 2 }, { 3, 4 } }), Mode.Inference);

        Assert.Equal([2, 2, 2], y.Shape);
        Assert.Equal([1, 2, 1, 2, 3, 4, 3, 4], y.Value.ToDoubles());
    }

    [Fact]
    public void A_shape_that_does_not_fit_is_refused_when_the_layer_is_built()
    {
        string[] messages =
        [
            Assert.Throws<ArgumentException>(() => Built(new Reshape(4, 2))).Message,
            Assert.Throws<ArgumentException>(() => Built(new Reshape(-1, -1))).Message,
            Assert.Throws<ArgumentException>(() => Built(new Permute(1))).Message,
            Assert.Throws<ArgumentException>(() => Built(new RepeatVector(2))).Message,
            Assert.Throws<ArgumentException>(() => new Permute(0, 1)).Message,
            Assert.Throws<ArgumentOutOfRangeException>(() => new RepeatVector(0)).Message,
        ];

        Assert.All(messages, message => Assert.Matches(@"^[A-Za-z]+(\(.*\))?: expected .*, got ", message));
    }

    private static Layer Built(Layer layer)
    {
        layer.BuildFor([2, 3], DType.F64, new Rng(0));
        return layer;
    }
}
