using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

/// <summary>Moving averages of the weights, and the other state that an optimizer may have, through training, evaluation and checkpoints.</summary>
public class AveragesTests
{
    private static readonly Dictionary<string, string> NoOptions = [];

    [Fact]
    public void Evaluation_and_prediction_are_with_the_averages_and_training_goes_on_with_the_weights()
    {
        (DataSet data, DataSet held) = (Problem.Points(30, seed: 1), Problem.Points(10, seed: 2));
        Trainer plain = New(new Adam(0.05)), averaged = New(new Adam(0.05) { EmaMomentum = 0.9 });
        plain.Fit(data, epochs: 3, batchSize: 8);
        averaged.Fit(data, epochs: 3, batchSize: 8, validation: held);

        foreach ((Parameter expected, Parameter actual) in plain.Model.Parameters.Zip(averaged.Model.Parameters)) Expect.SameBits(expected.Value, actual.Value);
        Tensor withWeights = plain.Predict(held), withAverages = averaged.Predict(held);
        Assert.NotEqual(withWeights.ToDoubles(), withAverages.ToDoubles());
        Assert.Equal(averaged.History.Epochs[^1]["val_loss"], averaged.Evaluate(held, batchSize: 8)[0].Value);

        averaged.Optimizer.SwapAverages(averaged.Model.TrainableParameters);
        Expect.Near(averaged.Model.Forward(held.Features, Mode.Inference).Value.ToDoubles(), withAverages, 1e-6);
    }

    // Broken off in the middle of an epoch and of what is accumulated: 4 batches an epoch, 3 make a step.
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_run_with_all_of_it_that_is_broken_off_ends_as_one_that_never_was(int batches)
    {
        DataSet data = Problem.Points(30, seed: 1);
        Trainer whole = New(Everything());
        whole.Fit(data, epochs: 3, batchSize: 8, validation: data);
        Trainer broken = New(Everything());
        using CancellationTokenSource source = new();

        Assert.ThrowsAny<OperationCanceledException>(() => broken.Fit(data, epochs: 3, batchSize: 8, validation: data, callbacks: [new CancelAfter(batches, source)], cancellationToken: source.Token));
        Assert.Equal(batches % 3, broken.Optimizer.Accumulated);
        using TestFolder folder = new();
        Checkpoint checkpoint = Saved(broken, folder);
        Trainer after = new(checkpoint.Model, Everything(), Losses.SparseCategoricalCrossentropy);
        checkpoint.RestoreTo(after);
        after.Fit(data, epochs: 3 - after.History.Epochs.Count, batchSize: 8, validation: data);

        foreach ((Parameter expected, Parameter actual) in whole.Model.Parameters.Zip(after.Model.Parameters)) Expect.SameBits(expected.Value, actual.Value);
        foreach ((Parameter expected, Parameter actual) in whole.Model.TrainableParameters.Zip(after.Model.TrainableParameters))
        {
            foreach ((Tensor a, Tensor b) in whole.Optimizer.StateOf(expected).Zip(after.Optimizer.StateOf(actual))) Expect.SameBits(a, b);
        }

        Assert.Equal(whole.History.ToCsv(), after.History.ToCsv());
    }

    [Fact]
    public void The_derived_weights_and_a_checkpoint_that_is_asked_to_have_the_averages()
    {
        Trainer trainer = New(new Sgd(0.5) { EmaMomentum = 0.9 });
        trainer.Fit(Problem.Points(30, seed: 1), batchSize: 8);
        using TestFolder folder = new();
        Checkpoint checkpoint = Saved(trainer, folder);
        foreach ((Parameter weights, Parameter read) in trainer.Model.Parameters.Zip(checkpoint.Model.Parameters)) Expect.SameBits(weights.Value, read.Value);

        Assert.True(checkpoint.UseAverages());

        trainer.Optimizer.SwapAverages(trainer.Model.TrainableParameters);
        Dictionary<string, Tensor> derived = new(SafeTensors.Read(Path.Combine(folder["run"], "weights.safetensors")).Item1);
        foreach ((Parameter average, Parameter read) in trainer.Model.Parameters.Zip(checkpoint.Model.Parameters))
        {
            Expect.SameBits(average.Value, read.Value);
            Expect.SameBits(average.Value, derived[average.Name]);
        }
    }

    [Fact]
    public void A_checkpoint_without_averages_says_so()
    {
        using TestFolder folder = new();

        Assert.False(Saved(New(new Sgd()), folder).UseAverages());
    }

    private static Trainer New(Optimizer optimizer) => new(Problem.Model(), optimizer, Losses.SparseCategoricalCrossentropy);

    private static Adam Everything() => new(new WarmUp(new CosineDecay(0.1, 8), 2))
    {
        AccumulationSteps = 3,
        EmaMomentum = 0.9,
        Clipping = Clipping.ByGlobalNorm(0.1),
        WeightDecay = new WeightDecay(0.1),
        AmsGrad = true,
    };

    private static Checkpoint Saved(Trainer trainer, TestFolder folder)
    {
        new RunFolder(folder["run"]).Start(trainer, NoOptions);
        return new RunFolder(folder["run"]).Load();
    }

    private sealed class CancelAfter(int batches, CancellationTokenSource source) : ICallback
    {
        private int seen;

        public void OnBatchEnd(int batch, IReadOnlyList<KeyValuePair<string, double>> values)
        {
            if (++seen == batches) source.Cancel();
        }
    }
}
