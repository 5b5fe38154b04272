using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

/// <summary>The metrics against their definitions in another language: see <c>metrics.py</c>.</summary>
public class MetricFixtureTests
{
    private const double Tolerance = 1e-12;

    private static readonly Fixture Fixture = Fixture.Metrics();

    public static TheoryData<int, string> Expected()
    {
        TheoryData<int, string> data = [];
        JsonArray expected = Fixture["expected"].AsArray();
        for (int i = 0; i < expected.Count; i++) data.Add(i, $"{expected[i]!["metric"]}{expected[i]!["options"]!.ToJsonString()}{(expected[i]!["weighed"]!.GetValue<bool>() ? " weighed" : "")}");
        return data;
    }

    [Fact]
    public void There_are_as_many_as_were_written() => Assert.Equal(76, Expected().Count);

    [Theory]
    [MemberData(nameof(Expected))]
    public void Values_agree_whole_and_in_batches(int index, string description)
    {
        JsonNode expected = Fixture["expected"][index]!;
        (Tensor targets, Tensor predictions) = Examples(expected);
        Tensor weights = Tensor.From(Fixture.Reals(Fixture["weights"]));
        bool weighed = expected["weighed"]!.GetValue<bool>();
        double value = expected["value"]!.GetValue<double>();
        Metric whole = Create(expected), parts = Create(expected);

        whole.Update(targets, predictions, weighed ? weights : null);
        for (int start = 0; start < 60; start += 7)
        {
            int count = Math.Min(7, 60 - start);
            parts.Update(targets.Rows(start, count), predictions.Rows(start, count), weighed ? weights.Rows(start, count) : null);
        }

        Assert.True(Math.Abs(value - whole.Result) <= Tolerance * Math.Abs(value), $"{description}: expected {value:R}, got {whole.Result:R}");
        Assert.Equal(whole.Result, parts.Result);
        Assert.Equal(whole.State, parts.State);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_confusion_matrix_agrees(int index)
    {
        JsonNode expected = Fixture["confusion"][index]!;
        ConfusionMatrix matrix = new(5);

        matrix.Update(Fixture.Labels(Fixture["labels"]), Fixture.Tensor(Fixture["scores"]), index == 0 ? null : Tensor.From(Fixture.Reals(Fixture["weights"])));

        Assert.Equal(index == 1, expected["weighed"]!.GetValue<bool>());
        Assert.Equal(Fixture.Tensor(expected["counts"]!).ToDoubles(), matrix.ToTensor().ToDoubles());
    }

    private static (Tensor Targets, Tensor Predictions) Examples(JsonNode expected)
    {
        Tensor labels = Fixture.Labels(Fixture["labels"]);
        bool oneHot = Fixture.Text(expected, "metric") is "categorical_accuracy" or "top_k_categorical_accuracy";
        return Fixture.Text(expected, "data") switch
        {
            "classes" => (oneHot ? Indexing.OneHot(labels, 5, DType.F64) : labels, Fixture.Tensor(Fixture["scores"])),
            "bits" => (Tensor.From(Fixture.Reals(Fixture["bits"])), Tensor.From(Fixture.Reals(Fixture["ranks"]), [60, 1])),
            _ => (Fixture.Tensor(Fixture["targets"]), Fixture.Tensor(Fixture["outputs"])),
        };
    }

    private static Metric Create(JsonNode expected)
    {
        string name = Fixture.Text(expected, "metric");
        JsonNode options = expected["options"]!;
        double threshold = options["threshold"]?.GetValue<double>() ?? 0.5;
        Averaging averaging = Enum.Parse<Averaging>(CultureInfo.InvariantCulture.TextInfo.ToTitleCase(options["average"]?.GetValue<string>() ?? "macro"));
        int? classes = Fixture.Text(expected, "data") == "classes" ? 5 : null;
        int k = options["k"]?.GetValue<int>() ?? 5;
        Metric metric = name switch
        {
            "accuracy" => new Accuracy(),
            "binary_accuracy" => new BinaryAccuracy { Threshold = threshold },
            "categorical_accuracy" => new CategoricalAccuracy(),
            "sparse_categorical_accuracy" => new SparseCategoricalAccuracy(),
            "top_k_categorical_accuracy" => new TopKCategoricalAccuracy(k),
            "sparse_top_k_categorical_accuracy" => new SparseTopKCategoricalAccuracy(k),
            "precision" => new Precision(classes) { Threshold = threshold, Averaging = averaging },
            "recall" => new Recall(classes) { Threshold = threshold, Averaging = averaging },
            "f1_score" => new F1Score(classes) { Threshold = threshold, Averaging = averaging },
            "auc" => new Auc { Curve = Fixture.Text(options, "curve") == "pr" ? Curve.Pr : Curve.Roc },
            "mean_absolute_error" => new LossMetric(Losses.MeanAbsoluteError),
            "mean_squared_error" => new LossMetric(Losses.MeanSquaredError),
            "root_mean_squared_error" => new RootMeanSquaredError(),
            "r2_score" => new R2Score(outputs: 2),
            _ => throw new InvalidDataException($"Fixture: unknown metric {name}."),
        };
        Assert.Equal(name, metric.Name);
        return metric;
    }
}
