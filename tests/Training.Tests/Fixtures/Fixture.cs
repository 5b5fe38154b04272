using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

/// <summary>Reads the files beside it, which <c>generate.py</c> wrote and whose structure it describes.</summary>
internal sealed class Fixture
{
    private readonly JsonNode document;
    private readonly DType dtype;

    private Fixture(string kind, DType dtype)
    {
        this.dtype = dtype;
        string name = kind == "metrics" ? "metrics.json" : $"{kind}.{(dtype == DType.F32 ? "f32" : "f64")}.json";
        document = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", name)))!;
    }

    /// <summary>What an implementation may differ by, relative to each tensor's largest magnitude.</summary>
    public double Tolerance => dtype == DType.F32 ? 1e-5 : 1e-10;

    public int Steps => document["steps"]!.GetValue<int>();

    public IReadOnlyList<JsonNode> Cases => [.. document["cases"]!.AsArray().Select(node => node!)];

    public static Fixture Models(DType dtype) => new("models", dtype);

    public static Fixture Losses(DType dtype) => new("losses", dtype);

    public static Fixture Metrics() => new("metrics", DType.F64);

    public IReadOnlyList<JsonNode> Trainings => [.. document["trainings"]!.AsArray().Select(node => node!)];

    public JsonNode this[string key] => document[key]!;

    public JsonNode Model(string name) => document["models"]!.AsArray().Single(node => Text(node!, "name") == name)!;

    public (Tensor Inputs, Tensor Labels) Batch(int step)
    {
        JsonArray batches = document["batches"]!.AsArray();
        JsonNode batch = batches[step % batches.Count]!;
        return (Tensor(batch["inputs"]!), Labels(batch["labels"]!));
    }

    /// <summary>The model with its starting values. Its names are the ones that it counts itself.</summary>
    public Sequential Build(JsonNode model)
    {
        Sequential built = new(Shape.Of(Whole(document["inputShape"]!)), dtype: dtype);
        foreach (JsonNode? layer in model["layers"]!.AsArray()) built.Add(Layer(layer!));
        Assert.Equal(model["layers"]!.AsArray().Select(layer => Text(layer!, "name")), built.Layers.Select(layer => layer.Name));

        JsonNode[] start = [.. model["parameters"]!.AsArray().Select(node => node!)];
        Assert.Equal(start.Select(node => (Text(node, "name"), node["trainable"]!.GetValue<bool>())), built.Parameters.Select(parameter => (parameter.Name, parameter.Trainable)));
        foreach ((JsonNode node, Parameter parameter) in start.Zip(built.Parameters)) parameter.Value.CopyFrom(Tensor(node));
        return built;
    }

    public Optimizer Optimizer(string name)
    {
        JsonNode settings = document["optimizers"]!.AsArray().Single(node => Text(node!, "name") == name)!;
        double Number(string key) => settings[key]!.GetValue<double>();
        return name switch
        {
            "sgd" => new Sgd(Number("learningRate")),
            "momentum" => new Sgd(Number("learningRate")) { Momentum = Number("momentum") },
            "nesterov" => new Sgd(Number("learningRate")) { Momentum = Number("momentum"), Nesterov = true },
            _ => new Adam(Number("learningRate")) { Beta1 = Number("beta1"), Beta2 = Number("beta2"), Epsilon = Number("epsilon") },
        };
    }

    public Tensor Tensor(JsonNode node)
    {
        // Parsed in the file's own precision: the shortest digits of a float give it back exactly only as a float.
        JsonArray values = node["values"]!.AsArray();
        Shape shape = Shape.Of(Whole(node["shape"]!));
        return dtype == DType.F32
            ? Tensors.Tensor.From([.. values.Select(value => value!.GetValue<float>())], shape)
            : Tensors.Tensor.From([.. values.Select(value => value!.GetValue<double>())], shape);
    }

    public static Tensor Labels(JsonNode node) => Tensors.Tensor.From(Whole(node));

    public static double[] Reals(JsonNode node) => [.. node.AsArray().Select(number => number!.GetValue<double>())];

    public static string Text(JsonNode node, string key) => node[key]!.GetValue<string>();

    public static string[] Texts(JsonNode node, string key) => [.. node[key]!.AsArray().Select(text => text!.GetValue<string>())];

    private static int[] Whole(JsonNode node) => [.. node.AsArray().Select(number => number!.GetValue<int>())];

    private Layer Layer(JsonNode layer) => Text(layer, "kind") switch
    {
        "flatten" => new Flatten(),
        "batch_normalization" => new BatchNormalization { Epsilon = document["epsilon"]!.GetValue<double>(), Momentum = document["momentum"]!.GetValue<double>() },
        "activation" => new Activation(Activation(layer)),
        "dense" => new Dense(layer["units"]!.GetValue<int>()) { UseBias = layer["useBias"]!.GetValue<bool>(), Activation = Activation(layer) },
        string kind => throw new InvalidDataException($"Fixture: unknown kind {kind}."),
    };

    private static ActivationFunction Activation(JsonNode layer) => layer["activation"]?.GetValue<string>() switch
    {
        null => Activations.Linear,
        "elu" => Activations.Elu,
        "softmax" => Activations.Softmax,
        string name => throw new InvalidDataException($"Fixture: unknown activation {name}."),
    };
}
