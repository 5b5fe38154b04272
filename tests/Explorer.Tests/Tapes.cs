using Tapestry.Autodiff;
using Tapestry.Autodiff.Inspection;
using Tapestry.Layers;
using Tapestry.Tensors;
using Tapestry.Training;

namespace Tapestry.Explorer.Tests;

/// <summary>Views to make pages of.</summary>
internal static class Tapes
{
    /// <summary>c = a·b + exp(a) at a = 1, b = 2. The nodes: a 0, b 1, a·b 2, exp(a) 3, c 4. The steps: three forward, the seed, three backward.</summary>
    public static TapeView Expression(Adjoints adjoints = Adjoints.Kept)
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Scalar(1, DType.F64)), b = tape.Watch(Tensor.Scalar(2, DType.F64));
        Variable c = (a * b) + Op.Exp(a);
        return TapeView.Of(tape, c, [(a, "a"), (b, "b"), (c, "c")], adjoints, "c = a*b + exp(a)");
    }

    /// <summary>A training step of two dense layers around a batch normalization, on five random examples.</summary>
    public static TapeView Model(Adjoints adjoints = Adjoints.Kept)
    {
        Sequential model = new(inputShape: [4], seed: 1)
        {
            new Dense(3) { Activation = Activations.Elu },
            new BatchNormalization(),
            new Dense(2) { Activation = Activations.Softmax },
        };
        return TrainingStep(model, [5, 4], 2, adjoints);
    }

    /// <summary>A training step of the book's model, on 32 random images.</summary>
    public static TapeView Book(Adjoints adjoints = Adjoints.Kept)
    {
        Sequential model = new(inputShape: [28, 28], seed: 1)
        {
            new Flatten(),
            new BatchNormalization(),
            new Dense(300) { Activation = Activations.Elu, KernelInitializer = Initializers.HeNormal },
            new BatchNormalization(),
            new Dense(100) { Activation = Activations.Elu, KernelInitializer = Initializers.HeNormal },
            new BatchNormalization(),
            new Dense(10) { Activation = Activations.Softmax },
        };
        return TrainingStep(model, [32, 28, 28], 10, adjoints);
    }

    private static TapeView TrainingStep(Sequential model, int[] shape, int classes, Adjoints adjoints)
    {
        Rng rng = new(1);
        using Tape tape = new() { Composed = true };
        Variable x = tape.Constant(Tensor.From(Enumerable.Range(0, shape.Aggregate((a, b) => a * b)).Select(_ => (float)rng.NextDouble()).ToArray(), Shape.Of(shape)));
        Tensor targets = Tensor.From(Enumerable.Range(0, shape[0]).Select(i => i % classes).ToArray());
        Variable loss = Losses.SparseCategoricalCrossentropy(targets, model.Forward(x, Mode.Train));
        return TapeView.Of(tape, loss, [(x, "x"), (loss, "loss")], adjoints, "a training step");
    }
}
