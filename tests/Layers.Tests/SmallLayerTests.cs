using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

/// <summary>PReLU, Lambda and how classes are named, each in a few numbers.</summary>
public class SmallLayerTests
{
    // One slope for each of 2 channels of [2, 2] images.
    [Fact]
    public void PReLU_has_a_slope_for_each_element_unless_axes_share_it()
    {
        PRelu own = new(), shared = new() { SharedAxes = [1, 2], AlphaInitializer = Initializers.Constant(0.5) };
        own.BuildFor([2, 2, 2], DType.F64, new Rng(0));
        shared.BuildFor([2, 2, 2], DType.F64, new Rng(0));
        shared.Alpha.Value.CopyFrom(Tensor.From([0.5, 0.25], [1, 1, 2]));

        Assert.Equal([2, 2, 2], own.Alpha.Shape);
        Assert.Equal([1, 1, 2], shared.Alpha.Shape);
        Assert.Equal([-2, -1, 4, 4, 0, -1, -0.5, 1], shared.Forward(Tensor.From([-4.0, -4, 4, 4, 0, -4, -1, 1], [1, 2, 2, 2]), Mode.Train).Value.ToDoubles());
    }

    [Fact]
    public void PReLU_starts_as_ReLU()
    {
        PRelu layer = new();
        layer.BuildFor([3], DType.F64, new Rng(0));

        Assert.Equal([0, 0, 2], layer.Forward(Tensor.From([-1.0, 0, 2], [1, 3]), Mode.Inference).Value.ToDoubles());
    }

    [Fact]
    public void Lambda_finds_its_output_shape_out_or_is_told()
    {
        Sequential model = new([2, 3], dtype: DType.F64)
        {
            new Lambda(x => Op.Sum(x, 1)),
            new Lambda(x => Op.Square(x)) { ShapeFunction = shape => shape },
        };

        Assert.Equal([3], model.Layers[0].OutputShape([2, 3]));
        Assert.Equal([25, 49, 81], model.Forward(Tensor.From([1.0, 2, 3, 4, 5, 6], [1, 2, 3]), Mode.Train).Value.ToDoubles());
        Assert.Throws<ArgumentException>(() => new Sequential([2]) { new Lambda(x => Op.Sum(x)) });
    }

    [Fact]
    public void Lambda_refuses_JSON_in_both_directions()
    {
        string written = Assert.Throws<InvalidOperationException>(() => LayerJson.ToJson(new Sequential([2]) { new Lambda(x => x) })).Message;
        string read = Assert.Throws<FormatException>(() => LayerJson.FromJson(
            """{"class_name": "Sequential", "config": {"layers": [{"class_name": "Lambda", "config": {"name": "lambda", "function": ["4wEAAA", null, null]}}]}}""")).Message;

        Assert.Equal("Lambda(): expected a layer that can be saved, got one that is a function of one's own. Derive a class from Layer.", written);
        Assert.Equal("layer 1: Lambda: expected a layer that JSON can hold, got a function of somebody's own. Build the model in code, and load its weights.", read);
    }

    // As Keras counts them: keras.layers.PReLU().name is p_re_lu.
    [Fact]
    public void Names_are_split_as_Keras_splits_them()
    {
        Sequential model = new([4]) { new PRelu(), new RmsNormalization(), new LayerNormalization(), new PRelu(), new AlphaDropout(0.5) };

        Assert.Equal(["p_re_lu", "rms_normalization", "layer_normalization", "p_re_lu_1", "alpha_dropout"], model.Layers.Select(layer => layer.Name));
        Assert.Contains("p_re_lu (PReLU)", model.Summary(), StringComparison.Ordinal);
        Assert.Contains("\"class_name\": \"RMSNormalization\"", LayerJson.ToJson(model), StringComparison.Ordinal);
    }
}
