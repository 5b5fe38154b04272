using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

/// <summary>Something small to train: which of two numbers is the larger.</summary>
internal static class Problem
{
    public static DataSet Points(int count, ulong seed)
    {
        Rng rng = new(seed);
        float[] features = new float[2 * count];
        for (int i = 0; i < features.Length; i++) features[i] = (2 * rng.NextSingle()) - 1;
        return new DataSet(Tensor.From(features, [count, 2]), Tensor.From([.. Enumerable.Range(0, count).Select(i => features[2 * i] > features[(2 * i) + 1] ? 1 : 0)]), classes: 2);
    }

    /// <summary>A model with everything that a checkpoint must keep: weights, statistics, a generator.</summary>
    public static Sequential Model(ulong seed = 7) => new([2], seed)
    {
        new Dense(8) { Activation = Activations.Elu, KernelInitializer = Initializers.HeNormal },
        new BatchNormalization { Momentum = 0.9 },
        new Dropout(0.1),
        new Dense(2) { Activation = Activations.Softmax },
    };

    public static Optimizer Optimizer(string name) => name switch
    {
        "sgd" => new Sgd(0.1),
        "momentum" => new Sgd(0.05) { Momentum = 0.9 },
        "nesterov" => new Sgd(0.05) { Momentum = 0.9, Nesterov = true },
        _ => new Adam(0.01),
    };

    public static Trainer Trainer(string optimizer = "adam", ulong seed = 7) => Trainer(Optimizer(optimizer), Model(seed));

    public static Trainer Trainer(Optimizer optimizer, Model model) => new(model, optimizer, Losses.SparseCategoricalCrossentropy);
}
