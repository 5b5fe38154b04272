using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

public class FunctionalJsonTests
{
    /// <summary>Two inputs, a shared layer, a residual connection, a nested stack used twice, a nested graph of two outputs, two outputs.</summary>
    private static Functional Everything()
    {
        Node a = Node.Input([3]), b = Node.Input([3], "other");
        Dense shared = new(4) { Activation = Activations.Tanh };
        Sequential stack = new([4]) { new Dense(4), new BatchNormalization() };
        Node inner = Node.Input([4]);
        Functional graph = new([inner], [inner * inner, inner.Then(new Dense(2))]);
        Node x = shared.Apply(a), y = shared.Apply(b);
        x += stack.Apply(x) + stack.Apply(y);
        IReadOnlyList<Node> both = graph.ApplyAll(x);
        return new Functional([a, b], [new Dot(-1) { Normalize = true }.Apply(both[0], y), new Concatenate { Axis = 1 }.Apply(both[0], both[1])], seed: 2);
    }

    [Fact]
    public void A_graph_reads_back_equal()
    {
        Functional model = Everything();
        string json = LayerJson.ToJson(model);

        Functional read = (Functional)LayerJson.FromJson(json, seed: 2);

        Assert.Equal(json, LayerJson.ToJson(read));
        Assert.Equal(model.Summary(), read.Summary());
        Assert.Equal(model.Parameters.Select(parameter => parameter.ToString()), read.Parameters.Select(parameter => parameter.ToString()));
        foreach ((Parameter a, Parameter b) in model.Parameters.Zip(read.Parameters)) b.Value.CopyFrom(a.Value);
        Variable[] inputs = [.. model.Inputs.Select((_, i) => (Variable)Catalogue.Sample([4, 3], Domain.Any, new Rng((ulong)i)).Cast(DType.F32))];
        foreach ((Variable expected, Variable actual) in model.ForwardAll(inputs, Mode.Train).Zip(read.ForwardAll(inputs, Mode.Train))) Expect.SameBits(expected.Value, actual.Value);
    }

    [Fact]
    public void Flags_and_the_type_read_back()
    {
        Node input = Node.Input([3]);
        Functional model = new(input, input.Then(new Dense(2) { Trainable = false }, new Dropout(0.5) { Training = false }), dtype: DType.F64) { VariableTags = ["mine"] };

        Model read = LayerJson.FromJson(LayerJson.ToJson(model));

        Assert.Equal(DType.F64, read.DType);
        Assert.Empty(read.TrainableParameters);
        Assert.Equal([null, null, false], read.Layers.Select(layer => layer.Training));
        Assert.Equal(2, read.Tagged("mine").Count);
    }

    [Fact]
    public Task The_text_is_that_of_Keras()
    {
        Node input = Node.Input([2]);
        Dense shared = new(2);
        return Verifier.Verify(LayerJson.ToJson(new Functional(input, shared.Apply(input) + shared.Apply(shared.Apply(input)))));
    }

    // A network that compares two inputs, as tf.keras 2.11 writes it: the nested stack's uses are counted from 1, and options stand that have no meaning here.
    private const string Keras =
        """
        {"class_name": "Functional", "keras_version": "2.11.0", "backend": "tensorflow", "config": {"name": "model", "trainable": true, "layers": [
          {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 3], "dtype": "float32", "sparse": false, "ragged": false, "name": "input_1"}, "name": "input_1", "inbound_nodes": []},
          {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 3], "dtype": "float32", "sparse": false, "ragged": false, "name": "input_2"}, "name": "input_2", "inbound_nodes": []},
          {"class_name": "Sequential", "config": {"name": "sequential", "layers": [
              {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 3], "dtype": "float32", "sparse": false, "ragged": false, "name": "dense_input"}},
              {"class_name": "Dense", "config": {"name": "dense", "trainable": true, "batch_input_shape": [null, 3], "dtype": "float32", "units": 2, "activation": "linear", "use_bias": false}}]},
            "name": "sequential", "inbound_nodes": [[["input_1", 0, 0, {}]], [["input_2", 0, 0, {}]]]},
          {"class_name": "Subtract", "config": {"name": "subtract", "trainable": true, "dtype": "float32"}, "name": "subtract", "inbound_nodes": [[["sequential", 1, 0, {}], ["sequential", 2, 0, {}]]]}],
        "input_layers": [["input_1", 0, 0], ["input_2", 0, 0]], "output_layers": [["subtract", 0, 0]]}}
        """;

    [Fact]
    public void Text_that_Keras_wrote_is_read()
    {
        Model model = LayerJson.FromJson(Keras);
        Assert.Single(model.Parameters).Value.CopyFrom(Tensor.Ones([3, 2]));

        // Sums of the inputs: 6 - 1.
        Assert.Equal([5, 5], model.Forward([Tensor.From([1f, 2, 3], [1, 3]), Tensor.From([1f, 0, 0], [1, 3])], Mode.Inference).Value.ToDoubles());
    }

    private const string Input = """{"class_name": "InputLayer", "config": {"batch_input_shape": [null, 2]}, "name": "x", "inbound_nodes": []}""";

    private static readonly (string Cause, string Json)[] Errors =
    [
        ("a circle", Graph(Input, Flatten("a", "b"), Flatten("b", "a"))),
        ("a layer that feeds itself", Graph(Input, Flatten("a", "a"))),
        ("a layer that is not there", Graph(Input, Flatten("a", "y"))),
        ("a layer that leads to no output", Graph(Input, Flatten("a", "x"), Flatten("b", "x"))),
        ("an input that leads to no output", Graph(Input, Input.Replace("\"x\"", "\"y\"", StringComparison.Ordinal), Flatten("a", "x"))),
        ("an input that is not in the list", Graph(Input, Input.Replace("\"x\"", "\"y\"", StringComparison.Ordinal), Layer("Add", "a", """[["x", 0, 0, {}], ["y", 0, 0, {}]]"""))),
        ("a use that is not there", Graph(Input, Layer("Flatten", "a", """[["x", 1, 0, {}]]"""))),
        ("an output that is not there", Graph(Input, Layer("Flatten", "a", """[["x", 0, 1, {}]]"""))),
        ("no inbound nodes", Graph(Input, """{"class_name": "Flatten", "config": {}, "name": "a"}""")),
        ("inbound nodes of Keras 3", Graph(Input, """{"class_name": "Flatten", "config": {}, "name": "a", "inbound_nodes": [{"args": [], "kwargs": {}}]}""")),
        ("an argument of a call", Graph(Input, Layer("Flatten", "a", """[["x", 0, 0, {"training": true}]]"""))),
        ("a layer applied to nothing", Graph(Input, """{"class_name": "Flatten", "config": {}, "name": "a", "inbound_nodes": []}""")),
        ("an input that is applied", Graph(Input, Input.Replace("\"x\"", "\"a\"", StringComparison.Ordinal).Replace("[]", """[[["x", 0, 0, {}]]]""", StringComparison.Ordinal))),
        ("an input without a shape", Graph(Input.Replace("\"batch_input_shape\": [null, 2]", "", StringComparison.Ordinal), Flatten("a", "x"))),
        ("two layers of one name", Graph(Input, Flatten("a", "x"), Flatten("a", "x"))),
        ("shapes that do not fit", Graph(Input, Layer("Dense", "d", """[["x", 0, 0, {}]]""", "\"units\": 3"), Layer("Add", "a", """[["x", 0, 0, {}], ["d", 0, 0, {}]]"""))),
        ("no list of outputs", $$"""{"class_name": "Functional", "config": {"layers": [{{Input}}], "input_layers": [["x", 0, 0]] } }"""),
        ("no layers", """{"class_name": "Functional", "config": {}}"""),
    ];

    [Fact]
    public Task Texts_of_errors_name_the_layer() => Verifier.Verify(string.Join('\n', Errors.Select(error =>
        $"{error.Cause}\n    {Assert.Throws<FormatException>(() => LayerJson.FromJson(error.Json)).Message}")));

    [Fact]
    public void A_file_of_any_depth_is_read_in_any_order()
    {
        string[] layers = [.. Enumerable.Range(1, 5_000).Select(i => Flatten(i == 5_000 ? "a" : $"f{i}", i == 1 ? "x" : $"f{i - 1}"))];

        Assert.Equal(5_001, LayerJson.FromJson(Graph([.. layers.Reverse(), Input])).Layers.Count);
    }

    private static string Flatten(string name, string from) => Layer("Flatten", name, $"[[\"{from}\", 0, 0, {{}}]]");

    private static string Layer(string className, string name, string use, string config = "") =>
        $$"""{"class_name": "{{className}}", "config": { {{config}} }, "name": "{{name}}", "inbound_nodes": [{{use}}]}""";

    private static string Graph(params string[] layers) =>
        $$"""{"class_name": "Functional", "config": {"layers": [{{string.Join(", ", layers)}}], "input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]] } }""";
}
