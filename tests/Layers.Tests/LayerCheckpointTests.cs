using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

/// <summary>A layer in a checkpoint does what it does without: also where it draws random numbers, and where it changes its own statistics.</summary>
public class LayerCheckpointTests
{
    public static TheoryData<string> ClassNames => new(LayerCatalogue.Layers.Select(row => row.ClassName));

    [Theory]
    [MemberData(nameof(ClassNames))]
    public void Every_layer_trains_the_same_in_a_checkpoint_to_the_last_bit(string className)
    {
        foreach (LayerSample sample in LayerCatalogue.Layers.Single(row => row.ClassName == className).Samples)
        {
            foreach (Mode mode in new[] { Mode.Train, Mode.Inference })
            {
                Layer plain = Built(sample), checkpointed = Built(sample);
                // Two steps: what the first changed in the layer shows in the second.
                for (int step = 0; step < 2; step++)
                {
                    Tensor[] expected = Step(plain, sample, xs => plain.Forward(xs, mode));
                    Tensor[] actual = Step(checkpointed, sample, xs => Op.Checkpoint(ys => checkpointed.Forward(ys, mode), xs));
                    for (int i = 0; i < expected.Length; i++) Expect.SameBits(expected[i], actual[i]);
                }

                for (int i = 0; i < plain.Parameters.Count; i++) Expect.SameBits(plain.Parameters[i].Value, checkpointed.Parameters[i].Value);
                if (plain is IStochastic stochastic) Assert.Equal(stochastic.Rng.Position, ((IStochastic)checkpointed).Rng.Position);
            }
        }
    }

    [Fact]
    public void A_model_with_a_checkpoint_for_each_block_keeps_less_and_trains_the_same()
    {
        static Sequential Block() => [new Dense(32) { Activation = Activations.Elu }, new BatchNormalization(), new Dropout(0.25)];
        static Sequential Model() => new(inputShape: [16], seed: 3, dtype: DType.F64) { Block(), Block(), Block(), new Dense(1) };
        Tensor batch = Catalogue.Sample([64, 16], Domain.Any, new Rng(5));

        (Sequential plain, Sequential checkpointed) = (Model(), Model());
        (long plainBytes, Tensor[] expected) = Run(plain, (block, x) => block.Forward(x, Mode.Train));
        (long checkpointedBytes, Tensor[] actual) = Run(checkpointed, (block, x) => Op.Checkpoint(y => block.Forward(y, Mode.Train), x));

        for (int i = 0; i < expected.Length; i++) Expect.SameBits(expected[i], actual[i]);
        for (int i = 0; i < plain.Parameters.Count; i++) Expect.SameBits(plain.Parameters[i].Value, checkpointed.Parameters[i].Value);
        // One result of 64·32 numbers a block, and less than 64·32 for the rest.
        Assert.InRange(checkpointedBytes, 3 * 64 * 32 * 8, 4 * 64 * 32 * 8);
        Assert.True(plainBytes > 5 * checkpointedBytes, $"{plainBytes} bytes without and {checkpointedBytes} with checkpoints");

        (long Bytes, Tensor[] Gradients) Run(Sequential model, Func<Layer, Variable, Variable> call)
        {
            using Tape tape = new() { Composed = true };
            Variable x = tape.Constant(batch);
            foreach (Layer layer in model.Layers) x = call(layer, x);
            Variable loss = Op.Mean(Op.Square(x));
            long bytes = tape.OwnedBytes;
            return (bytes, [.. tape.Gradient(loss, model.TrainableParameters).Select(pair => pair.Gradient.Clone())]);
        }
    }

    private static Layer Built(LayerSample sample) => sample.Build(DType.F64, new Rng(8));

    /// <summary>The output, and the gradients with respect to the inputs and the weights.</summary>
    private static Tensor[] Step(Layer layer, LayerSample sample, Func<IReadOnlyList<Variable>, Variable> call)
    {
        using Tape tape = new();
        Variable[] xs = [.. sample.Inputs(4, new Rng(9)).Select(tape.Watch)];
        Variable y = call(xs);
        Variable loss = Op.Sum(y * Catalogue.Sample(y.Shape, Domain.Any, new Rng(10)));
        Tensor[] results = [y.Detach(), .. xs.Select(x => tape.Gradient(loss, x).Detach())];
        return layer.TrainableParameters.Count == 0 ? results : [.. results, .. tape.Gradient(loss, layer.TrainableParameters).Select(pair => pair.Gradient.Clone())];
    }
}
