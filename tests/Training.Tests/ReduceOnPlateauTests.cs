using Tapestry.Data;
using Tapestry.Optimizers;

namespace Tapestry.Training.Tests;

public class ReduceOnPlateauTests
{
    // Patience 2: 1, 0.9 is progress; 0.9 and 0.95 are two epochs without, and the rate is halved behind the fourth. Then 0.95, 0.95 again.
    [Fact]
    public void The_rate_falls_when_nothing_becomes_smaller()
    {
        double[] rates = Rates([1, 0.9, 0.9, 0.95, 0.95, 0.95, 0.5], trainer => new ReduceOnPlateau(trainer) { Monitor = "loss", Patience = 2, Factor = 0.5 });

        Assert.Equal([1, 1, 1, 0.5, 0.5, 0.25, 0.25], rates);
    }

    // Patience 1 and a cooldown of 2: behind a reduction, one epoch is only counted down, and the next that counts is the second.
    [Fact]
    public void Behind_a_reduction_some_epochs_are_not_counted()
    {
        double[] rates = Rates([1, 1, 1, 1, 1, 1], trainer => new ReduceOnPlateau(trainer) { Monitor = "loss", Patience = 1, Factor = 0.5, Cooldown = 2 });

        Assert.Equal([1, 0.5, 0.5, 0.25, 0.25, 0.125], rates);
    }

    [Fact]
    public void Progress_is_more_than_the_least_difference_and_the_rate_has_a_floor()
    {
        double[] rates = Rates([1, 0.99, 0.98, 0.97], trainer => new ReduceOnPlateau(trainer) { Monitor = "loss", Patience = 1, MinDelta = 0.1, Factor = 0.1, MinRate = 0.05 });

        Assert.Equal([1, 0.1, 0.05, 0.05], rates);
    }

    // A rate of 0 for all weights: the loss stands still, so that each epoch but the first reduces.
    [Fact]
    public void A_resumed_run_goes_on_with_the_rate_and_the_waiting()
    {
        DataSet data = Problem.Points(30, seed: 1);
        Trainer New() => Problem.Trainer("momentum");
        static ReduceOnPlateau Watching(Trainer trainer) => new(trainer) { Monitor = "val_loss", Patience = 2, MinDelta = 10, Factor = 0.5 };
        Trainer whole = New();
        whole.Fit(data, epochs: 8, validation: data, callbacks: [Watching(whole)]);
        Assert.Equal(0.05 / 8, whole.Optimizer.LearningRate);

        Trainer before = New();
        before.Fit(data, epochs: 4, validation: data, callbacks: [Watching(before)]);
        using TestFolder folder = new();
        new RunFolder(folder["run"]).Start(before, new Dictionary<string, string>());
        Checkpoint checkpoint = new RunFolder(folder["run"]).Load();
        Trainer after = new(checkpoint.Model, Problem.Optimizer("momentum"), Losses.SparseCategoricalCrossentropy);
        checkpoint.RestoreTo(after);
        Assert.Equal(before.Optimizer.LearningRate, after.Optimizer.LearningRate);
        after.Fit(data, epochs: 4, validation: data, callbacks: [Watching(after)]);

        Assert.Equal(whole.Optimizer.LearningRate, after.Optimizer.LearningRate);
        Assert.Equal(whole.History.ToCsv(), after.History.ToCsv());
    }

    [Fact]
    public void What_was_not_measured_cannot_be_watched()
    {
        Trainer trainer = Problem.Trainer();

        Assert.StartsWith(
            "History: expected one of loss, accuracy, got 'val_loss'.",
            Assert.Throws<KeyNotFoundException>(() => trainer.Fit(Problem.Points(10, seed: 1), callbacks: [new ReduceOnPlateau(trainer)])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_cannot_be_are_refused()
    {
        Trainer trainer = Problem.Trainer();
        (Action Make, string Message)[] refused =
        [
            (() => _ = new ReduceOnPlateau(trainer) { Factor = 1 }, "ReduceOnPlateau: expected Factor to be a number above 0 and below 1, got 1."),
            (() => _ = new ReduceOnPlateau(trainer) { Patience = 0 }, "ReduceOnPlateau: expected Patience to be 1 or more, got 0."),
            (() => _ = new ReduceOnPlateau(trainer) { MinDelta = double.NaN }, "ReduceOnPlateau: expected MinDelta to be a finite number of 0 or more, got NaN."),
            (() => _ = new ReduceOnPlateau(trainer) { Cooldown = -1 }, "ReduceOnPlateau: expected Cooldown to be 0 or more, got -1."),
            (() => _ = new ReduceOnPlateau(trainer) { MinRate = -1 }, "ReduceOnPlateau: expected MinRate to be a finite number of 0 or more, got -1."),
        ];

        foreach ((Action make, string message) in refused) Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(make).Message, StringComparison.Ordinal);
    }

    /// <summary>The rate behind each epoch of some losses.</summary>
    private static double[] Rates(double[] losses, Func<Trainer, ReduceOnPlateau> make)
    {
        Trainer trainer = new(Problem.Model(), new Sgd(1), Losses.SparseCategoricalCrossentropy);
        ReduceOnPlateau callback = make(trainer);
        List<double> rates = [];
        foreach (double loss in losses)
        {
            EpochRecord epoch = new(rates.Count + 1, [KeyValuePair.Create("loss", loss)], Seconds: 0);
            trainer.History.Add(epoch);
            callback.OnEpochEnd(epoch);
            rates.Add(trainer.Optimizer.LearningRate);
        }

        return [.. rates];
    }
}
