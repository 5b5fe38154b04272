using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

public class EarlyStoppingTests
{
    // Patience 2: epochs 3 and 4 are two without progress behind the best, the second.
    [Fact]
    public void It_ends_the_training_after_some_epochs_without_progress()
    {
        (EarlyStopping stopping, int epochs) = Watch([1, 0.8, 0.9, 0.8, 0.1], trainer => new EarlyStopping(trainer) { Monitor = "loss", Patience = 2 });

        Assert.Equal((4, 2, 4), (epochs, stopping.BestEpoch, stopping.StoppedEpoch));
    }

    // Keras counts before it compares, so that 0 and 1 are alike.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void With_the_least_patience_the_first_epoch_without_progress_is_the_last(int patience) =>
        Assert.Equal(3, Watch([1, 0.9, 0.9, 0.1], trainer => new EarlyStopping(trainer) { Monitor = "loss", Patience = patience }).Epochs);

    // 0.95 is not below 1 - 0.1, and 0.85 is: from there one waits again.
    [Fact]
    public void Progress_is_more_than_the_least_difference() =>
        Assert.Equal(5, Watch([1, 0.95, 0.85, 0.8, 0.76, 0], trainer => new EarlyStopping(trainer) { Monitor = "loss", Patience = 2, MinDelta = 0.1 }).Epochs);

    [Fact]
    public void Accuracies_are_to_become_larger_as_their_name_says_or_what_it_is_told()
    {
        static EarlyStopping Make(Trainer trainer, MonitorMode mode) => new(trainer) { Monitor = "accuracy", Patience = 1, Mode = mode };

        Assert.Equal(4, Watch([0.5, 0.6, 0.7, 0.7, 0.9], trainer => Make(trainer, MonitorMode.Auto), "accuracy").Epochs);
        Assert.Equal(4, Watch([0.5, 0.6, 0.7, 0.7, 0.9], trainer => Make(trainer, MonitorMode.Max), "accuracy").Epochs);
        Assert.Equal(2, Watch([0.5, 0.6, 0.7, 0.7, 0.9], trainer => Make(trainer, MonitorMode.Min), "accuracy").Epochs);
    }

    // Each epoch betters the last, but only the third betters 0.7 too: patience 3 would have ended it behind that.
    [Fact]
    public void Progress_that_does_not_better_the_baseline_does_not_count()
    {
        static EarlyStopping Make(Trainer trainer) => new(trainer) { Monitor = "loss", Patience = 3, Baseline = 0.7 };

        Assert.Equal(5, Watch([1, 0.9, 0.8, 0.75, 0.76, 0.5], Make).Epochs);
        Assert.Equal(6, Watch([1, 0.9, 0.6, 0.65, 0.7, 0.8, 0.5], Make).Epochs);
    }

    [Fact]
    public void The_first_epochs_may_be_left_out()
    {
        (EarlyStopping stopping, int epochs) = Watch([0.1, 0.2, 0.9, 0.9, 0.1], trainer => new EarlyStopping(trainer) { Monitor = "loss", Patience = 1, StartFromEpoch = 2 });

        Assert.Equal((4, 3), (epochs, stopping.BestEpoch));
    }

    [Fact]
    public void A_value_that_is_no_number_is_no_progress() =>
        Assert.Equal(3, Watch([1, double.NaN, double.NaN, 0], trainer => new EarlyStopping(trainer) { Monitor = "loss", Patience = 2 }).Epochs);

    // A rate that throws the weights about: whichever epoch is the best, its loss must come out of Evaluate again, by averaged weights too.
    [Theory]
    [InlineData(null)]
    [InlineData(0.5)]
    public void The_weights_of_the_best_epoch_are_put_back_at_the_end(double? ema)
    {
        DataSet data = Problem.Points(30, seed: 1), held = Problem.Points(20, seed: 2);
        Trainer trainer = Problem.Trainer(new Sgd(2) { EmaMomentum = ema }, Problem.Model());
        EarlyStopping stopping = new(trainer) { Patience = 100, RestoreBestWeights = true };

        trainer.Fit(data, epochs: 12, batchSize: 8, validation: held, callbacks: [stopping]);

        IReadOnlyList<double> losses = trainer.History["val_loss"];
        Assert.NotEqual(12, stopping.BestEpoch);
        Assert.Equal(losses.Min(), losses[stopping.BestEpoch - 1]);
        Assert.Equal(losses.Min(), new Dictionary<string, double>(trainer.Evaluate(held, batchSize: 8))["loss"]);
    }

    [Fact]
    public void Without_being_told_to_it_leaves_the_last_weights()
    {
        DataSet data = Problem.Points(30, seed: 1), held = Problem.Points(20, seed: 2);
        Trainer trainer = Problem.Trainer(new Sgd(2), Problem.Model());

        trainer.Fit(data, epochs: 12, batchSize: 8, validation: held, callbacks: [new EarlyStopping(trainer) { Patience = 100 }]);

        Assert.Equal(trainer.History["val_loss"][^1], new Dictionary<string, double>(trainer.Evaluate(held, batchSize: 8))["loss"]);
    }

    // Ended and restored after 5 of 8 epochs, then gone on with from a checkpoint: from the last weights, not the best.
    [Fact]
    public void A_training_that_goes_on_goes_on_from_the_last_weights()
    {
        DataSet data = Problem.Points(30, seed: 1), held = Problem.Points(20, seed: 2);
        static EarlyStopping Make(Trainer trainer) => new(trainer) { Patience = 100, RestoreBestWeights = true };
        Trainer whole = Problem.Trainer(new Sgd(2), Problem.Model()), first = Problem.Trainer(new Sgd(2), Problem.Model());
        whole.Fit(data, epochs: 8, batchSize: 8, validation: held, callbacks: [Make(whole)]);
        first.Fit(data, epochs: 5, batchSize: 8, validation: held, callbacks: [Make(first)]);

        Trainer second = Resumed(first, model => Problem.Trainer(new Sgd(2), model));
        second.Fit(data, epochs: 3, batchSize: 8, validation: held, callbacks: [Make(second)]);

        Assert.Equal(whole.History.ToCsv(), second.History.ToCsv());
        foreach ((Parameter a, Parameter b) in whole.Model.Parameters.Zip(second.Model.Parameters)) Expect.SameBits(a.Value, b.Value);
    }

    [Fact]
    public void A_training_that_it_has_ended_does_not_go_on_from_a_checkpoint_either()
    {
        DataSet data = Problem.Points(30, seed: 1);
        static EarlyStopping Make(Trainer trainer) => new(trainer) { Monitor = "loss", Patience = 1, MinDelta = 10 };
        Trainer first = Problem.Trainer();
        first.Fit(data, epochs: 9, callbacks: [Make(first)]);
        Assert.Equal(2, first.History.Epochs.Count);

        Trainer second = Resumed(first, model => Problem.Trainer(Problem.Optimizer("adam"), model));
        second.Fit(data, epochs: 7, callbacks: [Make(second)]);

        Assert.Equal(2, second.History.Epochs.Count);
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Trainer trainer = Problem.Trainer();
        Assert.StartsWith("EarlyStopping: expected Patience to be 0 or more, got -1.", Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping(trainer) { Patience = -1 }).Message, StringComparison.Ordinal);
        Assert.StartsWith("EarlyStopping: expected MinDelta to be a finite number of 0 or more, got -0.5.", Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping(trainer) { MinDelta = -0.5 }).Message, StringComparison.Ordinal);
        Assert.StartsWith("EarlyStopping: expected StartFromEpoch to be 0 or more, got -1.", Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping(trainer) { StartFromEpoch = -1 }).Message, StringComparison.Ordinal);
        Assert.Equal(
            "EarlyStopping: expected a metric that is known to become smaller or larger, got 'val_mine'. Set Mode to MonitorMode.Min or MonitorMode.Max.",
            Assert.Throws<ArgumentException>(() => trainer.Fit(Problem.Points(10, seed: 1), callbacks: [new EarlyStopping(trainer) { Monitor = "val_mine" }])).Message);
        Assert.Equal(
            "EarlyStopping: expected a memory of five numbers, got [2].",
            Assert.Throws<FormatException>(() => new EarlyStopping(trainer).State = new Dictionary<string, Tensor> { ["memory"] = Tensor.From([1.0, 2.0]) }).Message);
    }

    private static Trainer Resumed(Trainer saved, Func<Layers.Sequential, Trainer> make)
    {
        using TestFolder folder = new();
        new RunFolder(folder["run"]).Start(saved, new Dictionary<string, string>());
        Checkpoint checkpoint = new RunFolder(folder["run"]).Load();
        Trainer trainer = make((Layers.Sequential)checkpoint.Model);
        checkpoint.RestoreTo(trainer);
        return trainer;
    }

    /// <summary>Shows it epochs with some values until it says to stop.</summary>
    private static (EarlyStopping Stopping, int Epochs) Watch(double[] values, Func<Trainer, EarlyStopping> make, string name = "loss")
    {
        Trainer trainer = Problem.Trainer();
        EarlyStopping stopping = make(trainer);
        stopping.OnTrainBegin();
        int epoch = 0;
        while (epoch < values.Length && stopping.StoppedEpoch == 0)
        {
            epoch++;
            stopping.OnEpochEnd(new EpochRecord(epoch, [KeyValuePair.Create(name, values[epoch - 1])], Seconds: 0));
        }

        return (stopping, epoch);
    }
}
