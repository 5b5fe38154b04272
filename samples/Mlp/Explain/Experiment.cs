using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Layers;
using Tapestry.Samples.Mlp.Options;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp.Explain;

/// <summary>A parameter's values: at the start, before the last pass, and after it.</summary>
internal sealed record History(string Name, string Shape, bool IsState, double[] Start, double[] Before, double[] After);

/// <summary>The layer run on the input, in F64: passes with their updates and no optimizer step; output and gradients are the last pass's.</summary>
internal sealed record Experiment(Choices Choices, double[] Output, double[] InputGradient, IReadOnlyList<History> Variables, IReadOnlyDictionary<string, double[]> Gradients)
{
    public int Rows => Choices.Rows!.Length;

    public int Features => Choices.Rows![0].Length;

    /// <summary>Runs the layer; null where there is nothing to run it on.</summary>
    /// <exception cref="UsageException">The layer refuses its options or the input.</exception>
    public static Experiment? Run(Choices choices, CancellationToken cancellationToken)
    {
        if (choices.Rows is not { } rows) return null;
        BatchNormalization layer = choices.Layer;
        try
        {
            layer.BuildFor([rows[0].Length], DType.F64, new Rng(0));
            if (choices.IsPaper && !choices.Training) TakePopulation(layer, choices);
            double[][] start = Snapshot(layer);
            for (int step = 1; ; step++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                double[][] before = Snapshot(layer);
                using Tape tape = new();
                Variable x = tape.Watch(Tensor.From([.. rows.SelectMany(row => row)], [rows.Length, rows[0].Length]));

                Variable y = layer.Forward(x, choices.Mode);
                Parameter[] weights = [.. layer.Parameters.Where(parameter => parameter.Role == ParameterRole.Weight)];
                Variable[] gradients = step < choices.Steps ? [] : tape.Gradient(y, [x, .. weights.Select(tape.Watch)], Tensor.From(choices.Upstream!, y.Shape));
                if (!choices.KeepsQueue) layer.RunUpdates();
                if (step < choices.Steps) continue;

                double[][] after = Snapshot(layer);
                IEnumerable<History> histories = layer.Parameters
                    .Select((parameter, i) => new History(choices.Local(parameter), parameter.Shape.ToString(), parameter.Role == ParameterRole.State, start[i], before[i], after[i]));
                return new Experiment(
                    choices,
                    Finite(y),
                    Finite(gradients[0]),
                    [.. histories.Where(history => !history.IsState || !choices.IsPaper || !choices.Training)],
                    weights.Select((weight, i) => (choices.Local(weight), gradients[i + 1].Value.ToDoubles())).ToDictionary());
            }
        }
        catch (ArgumentException refusal)
        {
            throw new UsageException(CommonOptions.Text(refusal));
        }
    }

    /// <summary>What other programs read.</summary>
    public JsonObject ToJson() => new()
    {
        ["output"] = Nested(Output),
        ["input_gradient"] = Nested(InputGradient),
        ["variables"] = new JsonObject(Variables.Select(variable => KeyValuePair.Create<string, JsonNode?>(variable.Name, List(variable.After)))),
        ["gradients"] = new JsonObject(Gradients.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, List(pair.Value)))),
    };

    private static double[] Finite(Variable result)
    {
        double[] values = result.Value.ToDoubles();
        return values.All(double.IsFinite)
            ? values
            : throw new UsageException($"--on: expected finite results, got {values.First(value => !double.IsFinite(value))}. Are all values of a feature equal, and epsilon 0?");
    }

    private JsonArray Nested(double[] values) => [.. values.Chunk(Features).Select(List)];

    private static JsonArray List(double[] values) => [.. values.Select(value => Terminal.Number(value))];

    private static double[][] Snapshot(Layer layer) => [.. layer.Parameters.Select(parameter => parameter.Value.ToDoubles())];

    /// <summary>Algorithm 2, line 10, over a training set of one batch: E[x] = μ, Var[x] = m/(m - 1)·σ².</summary>
    private static void TakePopulation(BatchNormalization layer, Choices choices)
    {
        int length = layer.MovingMean.Value.ToDoubles().Length;
        double[][] samples = [.. Enumerable.Range(0, length).Select(i => choices.Rows!.SelectMany(row => length == 1 ? row : [row[i]]).ToArray())];
        if (samples[0].Length < 2) throw new UsageException("--on: expected at least two values for m/(m - 1) of Algorithm 2, got one.");
        double[] means = [.. samples.Select(sample => sample.Average())];
        double[] variances = [.. samples.Select((sample, i) => sample.Sum(value => (value - means[i]) * (value - means[i])) / (sample.Length - 1))];
        layer.MovingMean.Value.CopyFrom(Tensor.From(means, layer.MovingMean.Shape));
        layer.MovingVariance.Value.CopyFrom(Tensor.From(variances, layer.MovingVariance.Shape));
    }
}
