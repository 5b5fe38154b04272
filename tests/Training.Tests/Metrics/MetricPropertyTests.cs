using FsCheck;
using FsCheck.Fluent;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

/// <summary>However examples are cut into batches, and wherever a state is carried over, a metric gives what it gives for all of them at once, to the last bit.</summary>
public class MetricPropertyTests
{
    private static readonly Dictionary<string, (Func<Metric> Create, int Width)> Metrics = new()
    {
        ["accuracy"] = (() => new Accuracy(), 4),
        ["binary_accuracy"] = (() => new BinaryAccuracy(), 1),
        ["top_k"] = (() => new SparseTopKCategoricalAccuracy(2), 4),
        ["precision"] = (() => new Precision(), 1),
        ["recall"] = (() => new Recall(4) { Averaging = Averaging.Weighted }, 4),
        ["f1"] = (() => new F1Score(4) { Averaging = Averaging.Micro }, 4),
        ["roc"] = (() => new Auc(), 1),
        ["pr"] = (() => new Auc(20) { Curve = Curve.Pr }, 1),
        ["auc over classes"] = (() => new Auc(), 4),
        ["confusion"] = (() => new ConfusionMatrix(4), 4),
        ["rmse"] = (() => new RootMeanSquaredError(), 1),
        ["r2"] = (() => new R2Score(), 1),
        ["mean squared error"] = (() => new LossMetric(Losses.MeanSquaredError), 1),
    };

    // Examples with predictions on a grid, so that there are ties, their weights, and the lengths of the batches.
    private static readonly Gen<(int[] Labels, double[] Scores, double[] Weights, int[] Cuts)> Examples =
        from count in Gen.Choose(1, 40)
        from labels in Gen.Choose(0, 3).ArrayOf(count)
        from scores in Gen.Choose(0, 16).Select(value => value / 16.0).ArrayOf(4 * count)
        from weights in Gen.Choose(0, 6).Select(value => value / 3.0).ArrayOf(count)
        from cuts in Gen.Choose(1, 9).ArrayOf(count)
        select (labels, scores, weights, cuts);

    public static TheoryData<string> Names() => [.. Metrics.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Batches_give_what_the_whole_gives(string name)
    {
        (Func<Metric> create, int width) = Metrics[name];
        Prop.ForAll(Examples.ToArbitrary(), example =>
        {
            int count = example.Labels.Length;
            Tensor targets = width == 4 ? Tensor.From(example.Labels) : Tensor.From([.. example.Labels.Select(label => (double)(label % 2))], [count, 1]);
            Tensor predictions = Tensor.From([.. example.Scores.Take(width * count)], [count, width]), weights = Tensor.From(example.Weights);
            foreach (bool weighed in (bool[])[false, true])
            {
                Metric whole = create(), parts = create();
                int length = whole.State.Count;
                whole.Update(targets, predictions, weighed ? weights : null);
                for (int start = 0, batch = 0; start < count; start += example.Cuts[batch++])
                {
                    int rows = Math.Min(example.Cuts[batch], count - start);
                    Metric next = create();
                    next.State = parts.State;
                    next.Update(targets.Rows(start, rows), predictions.Rows(start, rows), weighed ? weights.Rows(start, rows) : null);
                    parts = next;
                }

                Assert.Equal(whole.State, parts.State);
                Assert.Equal(whole.Result, parts.Result);
                Assert.Equal(length, parts.State.Count);
                parts.Reset();
                Assert.Equal(create().State, parts.State);
                Assert.Equal(double.NaN, parts.Result);
            }
        }).QuickCheckThrowOnFailure();
    }
}
