using System.Text.Json.Nodes;
using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>How a case of the fixture is called here: by the operation's name, with the options that it names.</summary>
internal static class OperationCalls
{
    private static readonly Dictionary<string, Func<Variable[], JsonNode, Variable>> Calls = new()
    {
        [nameof(Op.Add)] = (x, _) => Op.Add(x[0], x[1]),
        [nameof(Op.Subtract)] = (x, _) => Op.Subtract(x[0], x[1]),
        [nameof(Op.Multiply)] = (x, _) => Op.Multiply(x[0], x[1]),
        [nameof(Op.Divide)] = (x, _) => Op.Divide(x[0], x[1]),
        [nameof(Op.Power)] = (x, _) => Op.Power(x[0], x[1]),
        [nameof(Op.Minimum)] = (x, _) => Op.Minimum(x[0], x[1]),
        [nameof(Op.Maximum)] = (x, _) => Op.Maximum(x[0], x[1]),
        [nameof(Op.Greater)] = (x, _) => Op.Greater(x[0], x[1]),
        [nameof(Op.GreaterOrEqual)] = (x, _) => Op.GreaterOrEqual(x[0], x[1]),
        [nameof(Op.Less)] = (x, _) => Op.Less(x[0], x[1]),
        [nameof(Op.LessOrEqual)] = (x, _) => Op.LessOrEqual(x[0], x[1]),
        [nameof(Op.Equal)] = (x, _) => Op.Equal(x[0], x[1]),
        [nameof(Op.NotEqual)] = (x, _) => Op.NotEqual(x[0], x[1]),
        [nameof(Op.Where)] = (x, _) => Op.Where(x[0], x[1], x[2]),
        [nameof(Op.Negate)] = (x, _) => Op.Negate(x[0]),
        [nameof(Op.Exp)] = (x, _) => Op.Exp(x[0]),
        [nameof(Op.Expm1)] = (x, _) => Op.Expm1(x[0]),
        [nameof(Op.Log)] = (x, _) => Op.Log(x[0]),
        [nameof(Op.Log1p)] = (x, _) => Op.Log1p(x[0]),
        [nameof(Op.Sqrt)] = (x, _) => Op.Sqrt(x[0]),
        [nameof(Op.Rsqrt)] = (x, _) => Op.Rsqrt(x[0]),
        [nameof(Op.Square)] = (x, _) => Op.Square(x[0]),
        [nameof(Op.Abs)] = (x, _) => Op.Abs(x[0]),
        [nameof(Op.Sin)] = (x, _) => Op.Sin(x[0]),
        [nameof(Op.Cos)] = (x, _) => Op.Cos(x[0]),
        [nameof(Op.Tan)] = (x, _) => Op.Tan(x[0]),
        [nameof(Op.Erf)] = (x, _) => Op.Erf(x[0]),
        [nameof(Op.Sign)] = (x, _) => Op.Sign(x[0]),
        [nameof(Op.Floor)] = (x, _) => Op.Floor(x[0]),
        [nameof(Op.Clip)] = (x, options) => Op.Clip(x[0], Number(options, "low"), Number(options, "high")),

        [nameof(Op.Tanh)] = (x, _) => Op.Tanh(x[0]),
        [nameof(Op.Sigmoid)] = (x, _) => Op.Sigmoid(x[0]),
        [nameof(Op.Softplus)] = (x, _) => Op.Softplus(x[0]),
        [nameof(Op.Softsign)] = (x, _) => Op.Softsign(x[0]),
        [nameof(Op.Relu)] = (x, _) => Op.Relu(x[0]),
        [nameof(Op.LeakyRelu)] = (x, options) => Op.LeakyRelu(x[0], Number(options, "slope")),
        [nameof(Op.ThresholdedRelu)] = (x, options) => Op.ThresholdedRelu(x[0], Number(options, "theta")),
        [nameof(Op.PRelu)] = (x, _) => Op.PRelu(x[0], x[1]),
        [nameof(Op.Elu)] = (x, options) => Op.Elu(x[0], Number(options, "alpha")),
        [nameof(Op.Selu)] = (x, _) => Op.Selu(x[0]),
        [nameof(Op.Gelu)] = (x, options) => Op.Gelu(x[0], Flag(options, "approximate")),
        [nameof(Op.Silu)] = (x, _) => Op.Silu(x[0]),
        [nameof(Op.Mish)] = (x, _) => Op.Mish(x[0]),
        [nameof(Op.HardSigmoid)] = (x, options) => Op.HardSigmoid(x[0], Number(options, "slope")),
        [nameof(Op.Softmax)] = (x, options) => Op.Softmax(x[0], Axis(options)),
        [nameof(Op.LogSoftmax)] = (x, options) => Op.LogSoftmax(x[0], Axis(options)),

        [nameof(Op.Sum)] = (x, options) => Op.Sum(x[0], AxesOf(options), Flag(options, "keepDimensions")),
        [nameof(Op.Max)] = (x, options) => Op.Max(x[0], AxesOf(options), Flag(options, "keepDimensions")),
        [nameof(Op.Min)] = (x, options) => Op.Min(x[0], AxesOf(options), Flag(options, "keepDimensions")),
        [nameof(Op.Prod)] = (x, options) => Op.Prod(x[0], AxesOf(options), Flag(options, "keepDimensions")),
        [nameof(Op.Mean)] = (x, options) => Op.Mean(x[0], AxesOf(options), Flag(options, "keepDimensions")),
        [nameof(Op.Variance)] = (x, options) => Op.Variance(x[0], AxesOf(options), Flag(options, "keepDimensions"), Number(options, "correction", 0)),
        [nameof(Op.StandardDeviation)] = (x, options) => Op.StandardDeviation(x[0], AxesOf(options), Flag(options, "keepDimensions"), Number(options, "correction", 0)),
        [nameof(Op.Norm)] = (x, options) => Op.Norm(x[0], AxesOf(options), Flag(options, "keepDimensions"), Number(options, "p", 2)),
        [nameof(Op.LogSumExp)] = (x, options) => Op.LogSumExp(x[0], AxesOf(options), Flag(options, "keepDimensions")),
        [nameof(Op.CumulativeSum)] = (x, options) => Op.CumulativeSum(x[0], Axis(options), Flag(options, "exclusive"), Flag(options, "reverse")),

        [nameof(Op.Reshape)] = (x, options) => Op.Reshape(x[0], ShapeOf(options["shape"])),
        [nameof(Op.Permute)] = (x, options) => Op.Permute(x[0], Axes.Of(Whole(options, "order"))),
        [nameof(Op.BroadcastTo)] = (x, options) => Op.BroadcastTo(x[0], ShapeOf(options["shape"])),
        [nameof(Op.SumTo)] = (x, options) => Op.SumTo(x[0], ShapeOf(options["shape"])),
        [nameof(Op.Concatenate)] = (x, options) => Op.Concatenate(x, Axis(options)),
        [nameof(Op.Stack)] = (x, options) => Op.Stack(x, Axis(options)),
        // One output stands for the list: the parts joined again from the last to the first.
        [nameof(Op.Split)] = (x, options) => Op.Concatenate([.. Op.Split(x[0], Whole(options, "sizes"), Axis(options)).Reverse()], Axis(options)),
        [nameof(Op.Slice)] = (x, options) => Op.Slice(x[0], [.. options["ranges"]!.AsArray().Select(range => Range(range!.AsArray()))]),
        [nameof(Op.Pad)] = (x, options) => Op.Pad(x[0], [.. options["paddings"]!.AsArray().Select(padding => Padding(OperationFixture.Whole(padding!)))], Number(options, "value")),
        [nameof(Op.Flip)] = (x, options) => Op.Flip(x[0], AxesOf(options)),
        [nameof(Op.Gather)] = (x, options) => Op.Gather(x[0], Indices(options), Axis(options)),
        [nameof(Op.ScatterAdd)] = (x, options) => Op.ScatterAdd(x[0], Indices(options), ShapeOf(options["shape"]), Axis(options)),

        [nameof(Op.MatMul)] = (x, options) => Op.MatMul(x[0], x[1], Flag(options, "transposeA"), Flag(options, "transposeB")),
        [nameof(Op.Einsum)] = (x, options) => Op.Einsum(OperationFixture.Text(options, "equation"), x[0], x[1]),
        [nameof(Op.Normalize)] = (x, options) => Op.Normalize(x[0], x[1], x[2], Axes.Of(Whole(options, "over")), Number(options, "epsilon")),
        [nameof(Op.Standardize)] = (x, options) => Op.Standardize(x[0], x[1], x[2], x[3], x[4], Axes.Of(Whole(options, "over")), Number(options, "epsilon")),
        [nameof(Op.Dense)] = (x, options) => Op.Dense(x[0], x[1], x.Length > 2 ? x[2] : null, Activation(options)),
        [nameof(Op.SoftmaxCrossEntropy)] = (x, options) => Op.SoftmaxCrossEntropy(x[0], Indexing.OneHot(Tensor.From(Whole(options, "labels")), x[0].Shape[-1], x[0].DType)),
    };

    public static Variable Call(JsonNode sampled, Variable[] operands) => Calls[OperationFixture.Text(sampled, "op")](operands, sampled["options"]!);

    private static FusedActivation Activation(JsonNode options) => OperationFixture.Text(options, "activation") switch
    {
        "relu" => FusedActivation.Relu,
        "elu" => FusedActivation.Elu,
        _ => FusedActivation.Linear,
    };

    private static bool Flag(JsonNode options, string key) => options[key]!.GetValue<bool>();

    private static double Number(JsonNode options, string key, double? otherwise = null) =>
        options[key] is not { } node ? otherwise!.Value : node.GetValueKind() == System.Text.Json.JsonValueKind.String ? double.PositiveInfinity : node.GetValue<double>();

    private static int Axis(JsonNode options) => options["axis"]!.GetValue<int>();

    private static Axes? AxesOf(JsonNode options) => options["axes"] is { } axes ? Axes.Of(OperationFixture.Whole(axes)) : null;

    private static int[] Whole(JsonNode options, string key) => OperationFixture.Whole(options[key]!);

    private static Shape ShapeOf(JsonNode? node) => Shape.Of(OperationFixture.Whole(node!));

    private static Tensor Indices(JsonNode options) => Tensor.From(Whole(options["indices"]!, "values"), ShapeOf(options["indices"]!["shape"]));

    private static AxisRange Range(JsonArray range) => new(range[0]?.GetValue<int>(), range[1]?.GetValue<int>(), range[2]!.GetValue<int>());

    private static AxisPadding Padding(int[] padding) => new(padding[0], padding[1], padding[2]);
}
