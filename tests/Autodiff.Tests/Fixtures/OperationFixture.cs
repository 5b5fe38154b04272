using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>Reads the files beside it, which <c>generate.py</c> wrote and whose structure it describes.</summary>
internal sealed class OperationFixture
{
    private static readonly Lazy<OperationFixture> InF32 = new(() => new OperationFixture(DType.F32)), InF64 = new(() => new OperationFixture(DType.F64));

    private readonly Dictionary<string, JsonNode> cases;
    private readonly DType dtype;

    private OperationFixture(DType dtype)
    {
        this.dtype = dtype;
        string path = Path.Combine(AppContext.BaseDirectory, "Fixtures", $"operations.{(dtype == DType.F32 ? "f32" : "f64")}.json");
        cases = JsonNode.Parse(File.ReadAllText(path))!["cases"]!.AsArray().ToDictionary(node => Text(node!, "name"), node => node!);
    }

    public static OperationFixture Of(DType dtype) => (dtype == DType.F32 ? InF32 : InF64).Value;

    public IReadOnlyCollection<string> Names => cases.Keys;

    public JsonNode Case(string name) => cases[name];

    public string Operation(string name) => Text(cases[name], "op");

    public Tensor Tensor(JsonNode node)
    {
        // Parsed in the file's own precision: the shortest digits of a float give it back exactly only as a float.
        Shape shape = Shape.Of(Whole(node["shape"]!));
        JsonArray values = node["values"]!.AsArray();
        return dtype == DType.F32
            ? Tensors.Tensor.From([.. values.Select(value => float.Parse(Digits(value!), CultureInfo.InvariantCulture))], shape)
            : Tensors.Tensor.From([.. values.Select(value => double.Parse(Digits(value!), CultureInfo.InvariantCulture))], shape);
    }

    public Tensor[] TensorsOf(JsonNode node) => [.. node.AsArray().Select(tensor => Tensor(tensor!))];

    public static string Text(JsonNode node, string key) => node[key]!.GetValue<string>();

    public static int[] Whole(JsonNode node) => [.. node.AsArray().Select(number => number!.GetValue<int>())];

    /// <summary>A number, or what stands for one that JSON has not, as .NET parses it.</summary>
    private static string Digits(JsonNode value) => value.ToJsonString().Trim('"') switch
    {
        "nan" => "NaN",
        "inf" => "Infinity",
        "-inf" => "-Infinity",
        string digits => digits,
    };
}
