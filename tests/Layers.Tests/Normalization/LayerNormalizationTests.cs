using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

/// <summary>Layer and RMS normalization against numbers that another framework's automatic derivatives gave: see <c>Fixtures/normalization.py</c>.</summary>
public class LayerNormalizationTests
{
    private static readonly Dictionary<string, JsonNode> Cases = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "normalization.json")))!
        .AsArray().ToDictionary(node => node!["name"]!.GetValue<string>(), node => node!);

    public static TheoryData<string, DType> Names
    {
        get
        {
            TheoryData<string, DType> data = [];
            foreach (string name in Cases.Keys)
            {
                data.Add(name, DType.F32);
                data.Add(name, DType.F64);
            }

            return data;
        }
    }

    // The case with an offset of 64 loses five digits of x's fraction to it, in F32 as in F64.
    [Theory]
    [MemberData(nameof(Names))]
    public void Values_and_gradients_agree_with_the_fixture(string name, DType dtype)
    {
        JsonNode given = Cases[name];
        Layer layer = Made(given);
        Tensor x = Read(given["x"]!, dtype), weights = Read(given["weights"]!, dtype);
        layer.BuildFor(x.Shape.WithoutFirst(), dtype, new Rng(0));
        layer.Parameters[0].Value.CopyFrom(Read(given["scale"]!, dtype));
        if (given["shift"] is { } shift) layer.Parameters[1].Value.CopyFrom(Read(shift, dtype));
        using Tape tape = new();
        Variable input = tape.Watch(x);

        Variable y = layer.Forward(input, Mode.Train);
        Variable loss = Op.Sum(y * weights);

        double tolerance = dtype == DType.F64 ? 1e-12 : 2e-5;
        Expect.Close(Read(given["output"]!, dtype), y.Value, tolerance, "output");
        JsonArray expected = given["gradients"]!.AsArray();
        Expect.Close(Read(expected[0]!, dtype), tape.Gradient(loss, input).Value, tolerance, "gradient of x");
        Gradients gradients = tape.Gradient(loss, layer.TrainableParameters);
        Assert.Equal(expected.Count - 1, gradients.Count);
        for (int i = 1; i < expected.Count; i++) Expect.Close(Read(expected[i]!, dtype), gradients.ElementAt(i - 1).Gradient, tolerance, $"gradient {i}");
    }

    // [1, 2, 3]: mean 2, variance 2/3; with ε = 1/3 the root is 1. As for RMS, 14/3 + 1/3 = 5.
    [Fact]
    public void Both_agree_with_sums_by_hand()
    {
        Tensor x = Tensor.From([1.0, 2, 3, 1, 2, 3], [2, 3]);
        LayerNormalization layer = new() { Epsilon = 1.0 / 3, BetaInitializer = Initializers.Constant(10), GammaInitializer = Initializers.Constant(2) };
        RmsNormalization rms = new() { Epsilon = 1.0 / 3 };
        layer.BuildFor([3], DType.F64, new Rng(0));
        rms.BuildFor([3], DType.F64, new Rng(0));

        Expect.Near([8, 10, 12, 8, 10, 12], layer.Forward(x, Mode.Inference).Value, 1e-14);
        double root = Math.Sqrt(5);
        Expect.Near([1 / root, 2 / root, 3 / root, 1 / root, 2 / root, 3 / root], rms.Forward(x, Mode.Train).Value, 1e-14);
    }

    // One example of three rows and two columns, over the rows: the columns are 1, 2, 3 and 4, 4, 4. Of the first: as above; of the second the deviations are 0, and its mean square
    // 16 with ε = 9 has the root 5. γ and β differ by row.
    [Fact]
    public void An_axis_before_the_last_is_normalized_over_and_its_parameters_lie_along_it()
    {
        Tensor x = Tensor.From([1.0, 4, 2, 4, 3, 4], [1, 3, 2]);
        LayerNormalization layer = new() { Axis = 1, Epsilon = 1.0 / 3 };
        RmsNormalization rms = new() { Axis = 1, Epsilon = 9 };
        layer.BuildFor([3, 2], DType.F64, new Rng(0));
        rms.BuildFor([3, 2], DType.F64, new Rng(0));
        layer.Gamma!.Value.CopyFrom(Tensor.From([1.0, 2, 3]));
        layer.Beta!.Value.CopyFrom(Tensor.From([10.0, 20, 30]));
        rms.Scale.Value.CopyFrom(Tensor.From([1.0, 2, 3]));

        Expect.Near([9, 10, 20, 20, 33, 30], layer.Forward(x, Mode.Train).Value, 1e-14);
        double root = Math.Sqrt((14.0 / 3) + 9);
        Expect.Near([1 / root, 4.0 / 5, 4 / root, 8.0 / 5, 9 / root, 12.0 / 5], rms.Forward(x, Mode.Train).Value, 1e-14);
    }

    [Fact]
    public void Options_leave_parameters_out_and_say_their_shape()
    {
        LayerNormalization layer = new() { Axis = [1, 3], Center = false };
        layer.BuildFor([2, 3, 4], DType.F32, new Rng(0));

        Assert.Null(layer.Beta);
        Assert.Equal([2, 4], layer.Gamma!.Shape);
    }

    // tf.keras's LayerNormalization, Keras 3's RMSNormalization; in code as in a file that leaves it out.
    [Fact]
    public void Epsilons_are_those_of_Keras_where_none_is_told()
    {
        Model read = LayerJson.FromJson("""
            {"class_name": "Sequential", "config": {"layers": [{"class_name": "LayerNormalization", "config": {}}, {"class_name": "RMSNormalization", "config": {}}]}}
            """);

        Assert.Equal((1e-3, 1e-6), (new LayerNormalization().Epsilon, new RmsNormalization().Epsilon));
        Assert.Equal((1e-3, 1e-6), (((LayerNormalization)read.Layers[0]).Epsilon, ((RmsNormalization)read.Layers[1]).Epsilon));
    }

    [Fact]
    public void A_bad_option_is_refused()
    {
        string[] messages =
        [
            Assert.Throws<ArgumentException>(() => new LayerNormalization { Axis = [] }).Message,
            Assert.Throws<ArgumentException>(() => new LayerNormalization { Epsilon = -1 }).Message,
            Assert.Throws<ArgumentException>(() => new RmsNormalization { Epsilon = double.NaN }).Message,
            Assert.Throws<ArgumentException>(() => new LayerNormalization { Axis = 0 }.BuildFor([3], DType.F32, new Rng(0))).Message,
            Assert.Throws<ArgumentException>(() => new RmsNormalization { Axis = 2 }.BuildFor([3], DType.F32, new Rng(0))).Message,
        ];

        Assert.All(messages, message => Assert.Matches(@"^(Layer|RMS)Normalization(\(.*\))?: expected .*, got ", message));
    }

    private static Layer Made(JsonNode given)
    {
        Axes axes = Axes.Of([.. Enumerable.Range(1, given["axes"]!.GetValue<int>()).Select(axis => -axis)]);
        double epsilon = given["epsilon"]!.GetValue<double>();
        return given["class"]!.GetValue<string>() == "LayerNormalization" ? new LayerNormalization { Axis = axes, Epsilon = epsilon } : new RmsNormalization { Axis = axes, Epsilon = epsilon };
    }

    private static Tensor Read(JsonNode node, DType dtype) => Tensor.From(
        [.. node["values"]!.AsArray().Select(value => value!.GetValue<double>())], Shape.Of([.. node["shape"]!.AsArray().Select(size => size!.GetValue<int>())])).Cast(dtype);
}
