using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

public class RescalingTests
{
    [Fact]
    public void It_multiplies_then_adds()
    {
        Assert.Equal([-1, 0, 1], Of(new Rescaling(0.5, -1), Tensor.From([0.0, 2, 4], [1, 3])));
        Assert.Equal([0, 1, 2], Of(new Rescaling(0.5), Tensor.From([0.0, 2, 4], [1, 3])));
    }

    // Two pixels of three channels, (1, 2, 3) and (4, 5, 6): the channels are multiplied by 1, 10 and 100.
    [Fact]
    public void Several_numbers_go_with_the_last_axes_of_an_example()
    {
        Tensor pixels = Tensor.From([1.0, 2, 3, 4, 5, 6], [1, 2, 3]);

        Assert.Equal([1, 20, 300, 4, 50, 600], Of(new Rescaling(Tensor.From([1, 10, 100])), pixels));
        Assert.Equal([1, 20, 300, 4, 50, 600], Of(new Rescaling(Tensor.From([1, 10, 100], [1, 1, 3])), pixels));
        Assert.Equal([3, 6, 9, 5, 6, 7], Of(new Rescaling(Tensor.From([3.0, 2], [2, 1]), Tensor.From([0.0, 0, 0, -3, -4, -5], [2, 3])), pixels));
    }

    [Fact]
    public void What_it_was_given_may_change_afterwards()
    {
        Tensor scale = Tensor.From([2.0, 3]);
        Rescaling layer = new(scale, Tensor.Scalar(1));
        scale.CopyFrom(Tensor.From([0.0, 0]));

        Assert.Equal([3, 4], Of(layer, Tensor.From([1.0, 1], [1, 2])));
        Assert.Equal("Rescaling([2, 3], offset: 1)", layer.ToString());
        Assert.Equal("Rescaling(numbers of shape [3, 3])", new Rescaling(Tensor.Ones([3, 3])).ToString());
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        (string Expected, Action Act)[] errors =
        [
            ("Rescaling: expected a scale of finite numbers, got NaN.", () => _ = new Rescaling(double.NaN)),
            ("Rescaling: expected an offset of finite numbers, got Infinity.", () => _ = new Rescaling(Tensor.Scalar(1), Tensor.From([0, double.PositiveInfinity]))),
            ("Rescaling([1, 2]): expected a scale that broadcasts to shape [3], got one of shape [2].", () => Of(new Rescaling(Tensor.From([1, 2])), Tensor.Ones([1, 3], DType.F64))),

            // It would broadcast, but to another shape than the input's.
            ("Rescaling(1, offset: [1, 2]): expected an offset that broadcasts to shape [1], got one of shape [2].", () => Of(new Rescaling(Tensor.Scalar(1), Tensor.From([1, 2])), Tensor.Ones([1, 1], DType.F64))),
        ];

        Assert.All(errors, error => Assert.StartsWith(error.Expected, Assert.Throws<ArgumentException>(error.Act).Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"scale\": 0.5, \"offset\": 1.0", new[] { 2.0, 3 })]
    [InlineData("\"scale\": [0.5, 2.0]", new[] { 1.0, 8 })]
    [InlineData("\"scale\": [[0.5, 2.0]], \"offset\": [1.0, 0.0]", new[] { 2.0, 8 })]
    public void What_Keras_writes_is_read(string config, double[] expected) =>
        Assert.Equal(expected, LayerJson.FromJson(Json(config)).Forward(Tensor.From([2f, 4], [1, 2]), Mode.Inference).Value.ToDoubles());

    [Fact]
    public void A_scale_must_be_there() => Assert.Contains(
        "Rescaling: expected \"scale\" to be a number, or lists of numbers of one size, got nothing.",
        Assert.Throws<FormatException>(() => LayerJson.FromJson(Json("\"offset\": 1"))).Message,
        StringComparison.Ordinal);

    private static string Json(string config) =>
        $$"""{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Rescaling", "config": {"batch_input_shape": [null, 2], {{config}} } }] } }""";

    private static double[] Of(Rescaling layer, Tensor x)
    {
        layer.BuildFor(x.Shape.WithoutFirst(), DType.F64, new Rng(0));
        return layer.Forward(x, Mode.Train).Value.ToDoubles();
    }
}
