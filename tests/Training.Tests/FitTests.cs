using Tapestry.Autodiff;
using Tapestry.Data;

namespace Tapestry.Training.Tests;

public class FitTests
{
    // Keras: 10 examples, a split of 0.25: the first floor(7.5) = 7 train, the last 3 validate, as they stand.
    [Fact]
    public void A_validation_split_holds_the_last_examples_out_as_they_stand()
    {
        DataSet data = Problem.Points(10, seed: 1);
        Trainer split = Problem.Trainer(), apart = Problem.Trainer();

        split.Fit(data, epochs: 2, batchSize: 4, validationSplit: 0.25);
        apart.Fit(data.Select(0, 1, 2, 3, 4, 5, 6), epochs: 2, batchSize: 4, validation: data.Select(7, 8, 9));

        Assert.Equal(apart.History.ToCsv(), split.History.ToCsv());
        Assert.Contains("val_loss", split.History.ToCsv(), StringComparison.Ordinal);
        SameWeights(apart, split);
    }

    // 13 examples by 4 are batches of 4, 4, 4 and 1.
    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 3)]
    public void A_short_last_batch_is_kept_or_dropped(bool drop, int batches)
    {
        Trainer trainer = Problem.Trainer();
        Recorder recorder = new();

        trainer.Fit(Problem.Points(13, seed: 1), epochs: 2, batchSize: 4, dropLast: drop, callbacks: [recorder]);

        Assert.Equal(2 * batches, trainer.Optimizer.Iterations);
        Assert.Contains($"epoch 1 of {batches}", recorder.Events);
    }

    // 12 examples by 4 are passes of 3 batches; 2 epochs of 6 are the 4 epochs of 3, and so are 6 of 2: the same orders, the same steps.
    [Theory]
    [InlineData(2, 6)]
    [InlineData(6, 2)]
    [InlineData(3, 4)]
    [InlineData(1, 12)]
    public void Epochs_of_other_lengths_take_the_same_steps(int epochs, int steps)
    {
        DataSet data = Problem.Points(12, seed: 1);
        Trainer passes = Problem.Trainer(), other = Problem.Trainer();

        passes.Fit(data, epochs: 4, batchSize: 4);
        other.Fit(data, epochs, batchSize: 4, stepsPerEpoch: steps);

        Assert.Equal(epochs, other.History.Epochs.Count);
        SameWeights(passes, other);
    }

    // With 5 of 3 batches a pass, broken off after 7: within the second epoch and the third pass.
    [Fact]
    public void An_epoch_of_another_length_that_was_broken_off_is_finished_as_if_it_were_not()
    {
        DataSet data = Problem.Points(12, seed: 1);
        Trainer whole = Problem.Trainer(), broken = Problem.Trainer();
        whole.Fit(data, epochs: 3, batchSize: 4, stepsPerEpoch: 5);
        using CancellationTokenSource source = new();
        int seen = 0;

        Assert.ThrowsAny<OperationCanceledException>(() => broken.Fit(data, epochs: 3, batchSize: 4, stepsPerEpoch: 5, cancellationToken: source.Token, callbacks: [new Recorder
        {
            AfterBatch = () =>
            {
                if (++seen == 7) source.Cancel();
            },
        }]));
        broken.Fit(data, epochs: 3, batchSize: 4, stepsPerEpoch: 5, initialEpoch: 1);

        Assert.Equal(whole.History.ToCsv(), broken.History.ToCsv());
        SameWeights(whole, broken);
    }

    [Fact]
    public void An_initial_epoch_says_where_the_numbers_and_the_orders_begin()
    {
        DataSet data = Problem.Points(12, seed: 1);
        Trainer whole = Problem.Trainer(), parts = Problem.Trainer(), late = Problem.Trainer();
        whole.Fit(data, epochs: 5, batchSize: 4);

        parts.Fit(data, epochs: 2, batchSize: 4, initialEpoch: 0);
        parts.Fit(data, epochs: 5, batchSize: 4, initialEpoch: 2);
        late.Fit(data, epochs: 5, batchSize: 4, initialEpoch: 3);
        late.Fit(data, epochs: 1, batchSize: 4);

        Assert.Equal(whole.History.ToCsv(), parts.History.ToCsv());
        SameWeights(whole, parts);
        Assert.Equal([4, 5, 6], late.History.Epochs.Select(epoch => epoch.Epoch));
    }

    [Fact]
    public void Callbacks_are_called_as_in_Keras_each_in_its_turn()
    {
        Recorder recorder = new();
        DataSet data = Problem.Points(8, seed: 1);

        Problem.Trainer().Fit(data, epochs: 2, batchSize: 4, callbacks: [recorder]);

        Assert.Equal(
            [
                "train", "epoch 1 of 2", "batch 1", "batch 1 done", "batch 2", "batch 2 done", "epoch 1 done",
                "epoch 2 of 2", "batch 1", "batch 1 done", "batch 2", "batch 2 done", "epoch 2 done", "train done",
            ],
            recorder.Events);
    }

    [Fact]
    public void What_cannot_be_is_refused_before_anything_is_trained()
    {
        DataSet data = Problem.Points(10, seed: 1);
        (Action<Trainer> Fit, string Message)[] refused =
        [
            (trainer => trainer.Fit(data, validation: data, validationSplit: 0.1), "Fit: expected either validation examples or a share to split off, got both."),
            (trainer => trainer.Fit(data, validationSplit: 1), "Fit: expected a validation split between 0 and 1 that leaves both parts of 10 examples some, got 1."),
            (trainer => trainer.Fit(data, validationSplit: -0.5), "Fit: expected a validation split between 0 and 1 that leaves both parts of 10 examples some, got -0.5."),
            (trainer => trainer.Fit(data, stepsPerEpoch: 0), "Fit: expected 1 or more steps per epoch, got 0."),
            (trainer => trainer.Fit(data, batchSize: 11, dropLast: true), "Fit: expected at least one whole batch of 11, got 10 examples. Keep the short one."),
            (trainer => trainer.Fit(data, epochs: 3, initialEpoch: 4), "Fit: expected an initial epoch from the 1 that have been trained to the 3 that there are to be, got 4."),
            (trainer => trainer.Fit(data, epochs: 3, initialEpoch: 0), "Fit: expected an initial epoch from the 1 that have been trained to the 3 that there are to be, got 0."),
        ];

        foreach ((Action<Trainer> fit, string message) in refused)
        {
            Trainer trainer = Problem.Trainer();
            trainer.Fit(data);
            Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(() => fit(trainer)).Message, StringComparison.Ordinal);
            Assert.Equal(1, trainer.Optimizer.Iterations);
        }
    }

    private static void SameWeights(Trainer expected, Trainer actual)
    {
        foreach ((Parameter a, Parameter b) in expected.Model.Parameters.Zip(actual.Model.Parameters)) Expect.SameBits(a.Value, b.Value);
    }

    private sealed class Recorder : ICallback
    {
        public List<string> Events { get; } = [];

        public Action? AfterBatch { get; init; }

        public void OnTrainBegin() => Events.Add("train");

        public void OnTrainEnd() => Events.Add("train done");

        public void OnEpochBegin(int epoch, int batches) => Events.Add($"epoch {epoch} of {batches}");

        public void OnBatchBegin(int batch) => Events.Add($"batch {batch}");

        public void OnBatchEnd(int batch, IReadOnlyList<KeyValuePair<string, double>> values)
        {
            Events.Add($"batch {batch} done");
            AfterBatch?.Invoke();
        }

        public void OnEpochEnd(EpochRecord epoch) => Events.Add($"epoch {epoch.Epoch} done");
    }
}
