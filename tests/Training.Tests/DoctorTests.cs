using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

public class DoctorTests
{
    // G5: momentum ^ n <= 1%.
    [Theory]
    [InlineData(0.9, 44)]
    [InlineData(0.99, 459)]
    [InlineData(0.999, 4603)]
    [InlineData(0, 1)]
    public void A_momentum_needs_so_many_batches(double momentum, int batches) => Assert.Equal(batches, Doctor.StepsNeeded(momentum));

    [Fact]
    public void Fewer_steps_than_the_momentum_needs_are_told_with_both_numbers()
    {
        string[] warnings = Warnings([new BatchNormalization { Momentum = 0.9 }], epochs: 2, batchSize: 10, count: 100);

        Assert.Equal(["batch_normalization needs 44 batches at momentum 0.9 until its moving statistics have arrived, and gets 20. Lower the momentum, or train for longer."], warnings);
        Assert.Empty(Warnings([new BatchNormalization { Momentum = 0.9 }], epochs: 5, batchSize: 10, count: 100));
    }

    [Fact]
    public void A_bias_straight_before_a_normalization_is_told()
    {
        Assert.Equal(["dense's bias does nothing: batch_normalization takes it out with the mean. Give the layer UseBias = false."], Warnings([new Dense(4), new BatchNormalization { Momentum = 0 }]));
        Assert.Empty(Warnings([new Dense(4) { UseBias = false }, new BatchNormalization { Momentum = 0 }]));
        Assert.Empty(Warnings([new Dense(4) { Activation = Activations.Elu }, new BatchNormalization { Momentum = 0 }]));
    }

    [Fact]
    public void Deferred_updates_that_nobody_runs_are_told_once()
    {
        BatchNormalization layer = new(BatchNormalizationDialect.Contrib) { Momentum = 0 };

        string warning = Assert.Single(Warnings([layer], epochs: 3, batchSize: 50, count: 100));

        Assert.Equal("batch_normalization has 4 deferred updates that nobody ran: inference uses statistics from before. Call RunUpdates after each step, or use UpdateTiming.Immediate.", warning);
    }

    [Fact]
    public void Batches_of_one_are_told()
    {
        Assert.StartsWith("Batches of one normalize to beta alone", Warnings([new BatchNormalization { Momentum = 0 }], batchSize: 1, count: 4)[0], StringComparison.Ordinal);
        Assert.StartsWith("The last batch of each epoch has one example", Warnings([new BatchNormalization { Momentum = 0.5 }], epochs: 5, batchSize: 10, count: 51)[0], StringComparison.Ordinal);
        Assert.Empty(Warnings([], batchSize: 1, count: 4));
    }

    [Fact]
    public void A_frozen_layer_whose_statistics_move_is_told()
    {
        string[] warnings = Warnings([new BatchNormalization(BatchNormalizationDialect.Tf1) { Momentum = 0, Trainable = false }]);

        Assert.Equal(["batch_normalization is frozen, but its statistics still move. Set Freeze = FreezePolicy.Inference, or Training = false, to hold them too."], warnings);
        Assert.Empty(Warnings([new BatchNormalization { Trainable = false }]));
    }

    [Fact]
    public void A_gap_between_training_and_inference_is_told()
    {
        // Statistics that never move from 0 and 1 while the features lie around 300: inference sees what the output layer was never shown.
        string[] warnings = Warnings([new BatchNormalization(BatchNormalizationDialect.Keras) { Momentum = 1 }], offset: 300, epochs: 5);

        Assert.Contains(warnings, warning => warning.StartsWith("On the same examples the loss is ", StringComparison.Ordinal));
    }

    private static string[] Warnings(Layer[] layers, int epochs = 1, int batchSize = 25, int count = 100, double offset = 0)
    {
        Sequential model = new([2], seed: 1);
        foreach (Layer layer in layers) model.Add(layer);
        model.Add(new Dense(2) { Activation = Activations.Softmax });
        Rng rng = new(3);
        float[] features = new float[2 * count];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = (byte)(i % 2);
            features[2 * i] = (float)(offset + rng.NextDouble() + labels[i]);
            features[(2 * i) + 1] = (float)(offset + rng.NextDouble() - labels[i]);
        }

        DataSet data = new(Tensor.From(features, [count, 2]), Tensor.From(labels));
        Trainer trainer = new(model, new Sgd(0.1), Losses.SparseCategoricalCrossentropy);
        List<string> warnings = [];
        trainer.Fit(data, epochs, batchSize, callbacks: [new Doctor(trainer, data, epochs, batchSize, warnings.Add)]);
        return [.. warnings];
    }
}
