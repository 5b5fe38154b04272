using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

/// <summary>Something small to train with two inputs and two outputs: of two points, whether they lie on the same side, and how far apart they are in one direction.</summary>
internal static class Pairs
{
    public const double GapWeight = 0.25;

    public static DataSet Data(int count, ulong seed, bool areWeighed = false)
    {
        Rng rng = new(seed);
        float[] left = [.. Enumerable.Range(0, 2 * count).Select(_ => (2 * rng.NextSingle()) - 1)], right = [.. Enumerable.Range(0, 2 * count).Select(_ => (2 * rng.NextSingle()) - 1)];
        int[] sides = [.. Enumerable.Range(0, count).Select(i => left[2 * i] > 0 == right[2 * i] > 0 ? 1 : 0)];
        float[] gaps = [.. Enumerable.Range(0, count).Select(i => left[(2 * i) + 1] - right[(2 * i) + 1])];
        Tensor? weights = areWeighed ? Tensor.From([.. Enumerable.Range(0, count).Select(i => i % 4f)]) : null;
        return new DataSet([Tensor.From(left, [count, 2]), Tensor.From(right, [count, 2])], [Tensor.From(sides), Tensor.From(gaps, [count, 1])], [2, null], weights);
    }

    /// <summary>A model with a layer that both inputs share, and everything that a checkpoint must keep: weights, statistics, a generator.</summary>
    public static Functional Model(ulong seed = 7, double dropout = 0.1)
    {
        Node left = Node.Input([2]), right = Node.Input([2]);
        Dense shared = new(8) { Activation = Activations.Tanh };
        Node a = shared.Apply(left), b = shared.Apply(right);
        Node side = (a * b).Then(new BatchNormalization { Momentum = 0.9 }, new Dense(2) { Name = "side", Activation = Activations.Softmax });
        return new Functional([left, right], [side, new Concatenate().Apply(a, b).Then(new Dropout(dropout), new Dense(1) { Name = "gap" })], seed);
    }

    public static Trainer Trainer(Model model, Optimizer? optimizer = null) => new(model, optimizer ?? new Adam(0.01),
    [
        new(Losses.SparseCategoricalCrossentropy) { Metrics = [new Accuracy(), new Auc(20)], WeightedMetrics = [new F1Score(2)] },
        new(Losses.MeanSquaredError) { Weight = GapWeight, Metrics = [new LossMetric(Losses.MeanAbsoluteError)] },
    ]);
}
