using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Optimizers.Tests;

/// <summary>Reads the files beside it, which <c>generate.py</c> wrote and whose structure and problem it describes.</summary>
internal sealed class Fixture
{
    private readonly JsonNode document;
    private readonly DType dtype;

    public Fixture(DType dtype)
    {
        this.dtype = dtype;
        document = Read($"optimizers.{(dtype == DType.F32 ? "f32" : "f64")}.json");
        Parameters = [.. document["parameters"]!.AsArray().Select(node => new Parameter(Name(node!), Tensor(node!)))];
        foreach (Parameter bias in Parameters.Where(parameter => parameter.Name.EndsWith("bias", StringComparison.Ordinal))) bias.Regularizable = false;
    }

    /// <summary>What an implementation may differ by, relative to each tensor's largest magnitude.</summary>
    public double Tolerance => dtype == DType.F32 ? 1e-5 : 1e-10;

    public int Steps => document["steps"]!.GetValue<int>();

    public IReadOnlyList<Parameter> Parameters { get; }

    public IReadOnlyList<string> Cases => [.. document["cases"]!.AsArray().Select(node => Name(node!))];

    public static JsonNode Read(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", file)))!;

    public JsonNode Case(string name) => document["cases"]!.AsArray().Single(node => Name(node!) == name)!;

    /// <summary>The loss of a step's batch and its gradients.</summary>
    public (double Loss, Gradients Gradients) Pass(int step)
    {
        JsonArray batches = document["batches"]!.AsArray();
        JsonNode batch = batches[step % batches.Count]!;
        using Tape tape = new();
        Variable[] w = [.. Parameters.Select(tape.Watch)];
        Variable hidden = Op.Tanh(Op.MatMul(tape.Constant(Tensor(batch["x"]!)), w[0]) + w[1]);
        Variable loss = Op.Mean(Op.Square(Op.MatMul(hidden, w[2]) + w[3] - tape.Constant(Tensor(batch["y"]!))));
        return (loss.Value.ToScalar(), new Gradients(tape.Gradient(loss, Parameters).Select(pair => (pair.Parameter, pair.Gradient.Clone()))));
    }

    public void Agrees(JsonNode expected, Func<Parameter, Tensor> actual)
    {
        JsonArray tensors = expected.AsArray();
        Assert.Equal(tensors.Select(node => Name(node!)), Parameters.Select(parameter => parameter.Name));
        foreach ((JsonNode? node, Parameter parameter) in tensors.Zip(Parameters)) Expect.Close(Tensor(node!), actual(parameter), Tolerance, parameter.Name);
    }

    private Tensor Tensor(JsonNode node)
    {
        // Parsed in the file's own precision: the shortest digits of a float give it back exactly only as a float.
        JsonArray values = node["values"]!.AsArray();
        Shape shape = Shape.Of([.. node["shape"]!.AsArray().Select(size => size!.GetValue<int>())]);
        return dtype == DType.F32
            ? Tensors.Tensor.From([.. values.Select(value => value!.GetValue<float>())], shape)
            : Tensors.Tensor.From([.. values.Select(value => value!.GetValue<double>())], shape);
    }

    private static string Name(JsonNode node) => node["name"]!.GetValue<string>();
}
