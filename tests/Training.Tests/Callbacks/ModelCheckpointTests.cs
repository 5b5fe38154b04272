using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

public class ModelCheckpointTests
{
    [Fact]
    public void It_saves_each_epoch_under_a_name_made_of_what_was_measured()
    {
        using TestFolder folder = new();
        Trainer trainer = Problem.Trainer();

        trainer.Fit(Problem.Points(30, seed: 1), epochs: 2, callbacks: [new ModelCheckpoint(trainer, folder["{epoch:00}-{loss:0.0000}.safetensors"])]);

        Assert.Equal(
            trainer.History.Epochs.Select(epoch => FormattableString.Invariant($"{epoch.Epoch:00}-{epoch["loss"]:0.0000}.safetensors")),
            Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Single(Checkpoint.Load(Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal).First()).History.Epochs);
    }

    // The losses of a rate that throws the weights about go up and down.
    [Fact]
    public void The_best_stays_and_the_last_is_replaced()
    {
        using TestFolder folder = new();
        DataSet held = Problem.Points(20, seed: 2);
        Trainer trainer = Problem.Trainer(new Sgd(2), Problem.Model());
        trainer.Fit(Problem.Points(30, seed: 1), epochs: 9, batchSize: 8, validation: held, callbacks:
            [new ModelCheckpoint(trainer, folder["best"]) { SaveBestOnly = true }, new ModelCheckpoint(trainer, folder["last"])]);
        IReadOnlyList<double> losses = trainer.History["val_loss"];

        Checkpoint best = Checkpoint.Load(folder["best"]), last = Checkpoint.Load(folder["last"]);

        Assert.NotEqual(9, best.History.Epochs.Count);
        Assert.Equal(losses.Min(), losses[best.History.Epochs.Count - 1]);
        Assert.Equal(9, last.History.Epochs.Count);
    }

    // Best 0.5, saved and resumed: 0.6 must not take its place, 0.4 must.
    [Fact]
    public void A_resumed_training_knows_the_best_of_before()
    {
        using TestFolder folder = new();
        Trainer trainer = Problem.Trainer();
        ModelCheckpoint Make() => new(trainer, folder["{loss}"]) { Monitor = "loss", SaveBestOnly = true };
        ModelCheckpoint before = Make(), after = Make();
        void End(ModelCheckpoint callback, double loss) => callback.OnEpochEnd(new EpochRecord(1, [KeyValuePair.Create("loss", loss)], Seconds: 0));

        End(before, 0.5);
        after.State = before.State;
        End(after, 0.6);
        End(after, 0.4);

        Assert.Equal(["0.4", "0.5"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    // Every third batch, broken off after two: the next one is the third.
    [Fact]
    public void A_resumed_training_counts_its_batches_on()
    {
        using TestFolder folder = new();
        Trainer trainer = Problem.Trainer();
        ModelCheckpoint before = new(trainer, folder["some"]) { SaveFrequency = 3 }, after = new(trainer, folder["some"]) { SaveFrequency = 3 };

        foreach (int batch in (int[])[1, 2]) before.OnBatchEnd(batch, []);
        after.State = before.State;
        Assert.False(File.Exists(folder["some"]));
        after.OnBatchEnd(3, []);

        Assert.True(File.Exists(folder["some"]));
    }

    [Fact]
    public void A_first_best_must_better_the_threshold()
    {
        using TestFolder folder = new();
        Trainer trainer = Problem.Trainer();
        ModelCheckpoint callback = new(trainer, folder["{loss}"]) { Monitor = "loss", SaveBestOnly = true, InitialValueThreshold = 0.3 };

        foreach (double loss in (double[])[0.4, 0.25]) callback.OnEpochEnd(new EpochRecord(1, [KeyValuePair.Create("loss", loss)], Seconds: 0));

        Assert.Equal("0.25", Path.GetFileName(Assert.Single(Directory.GetFiles(folder.Path))));
    }

    [Fact]
    public void Weights_alone_are_a_file_of_the_parameters()
    {
        using TestFolder folder = new();
        Trainer trainer = Problem.Trainer();
        trainer.Fit(Problem.Points(30, seed: 1), callbacks: [new ModelCheckpoint(trainer, folder["weights"]) { SaveWeightsOnly = true }]);

        Dictionary<string, Tensor> read = new(SafeTensors.Read(folder["weights"]).Tensors);

        Assert.Equal(trainer.Model.Parameters.Count, read.Count);
        foreach (Parameter parameter in trainer.Model.Parameters) Expect.SameBits(parameter.Value, read[parameter.Name]);
    }

    // Four batches an epoch, every third of all saved: batches 3, 6 = 2 of the second epoch, 9 = 1 of the third, 12.
    [Fact]
    public void It_saves_every_few_batches_where_it_is_told_to()
    {
        using TestFolder folder = new();
        Trainer trainer = Problem.Trainer();
        List<(int, int)> saved = [];
        ModelCheckpoint callback = new(trainer, folder["some"]) { SaveFrequency = 3 };
        trainer.Fit(Problem.Points(30, seed: 1), epochs: 3, batchSize: 8, callbacks: [callback, new Look(() =>
        {
            if (!File.Exists(folder["some"])) return;
            Checkpoint read = Checkpoint.Load(folder["some"]);
            saved.Add((read.History.Epochs.Count, read.Batch));
            File.Delete(folder["some"]);
        })]);

        Assert.Equal([(0, 3), (1, 2), (2, 1), (2, 4)], saved);
        Assert.StartsWith("ModelCheckpoint: expected SaveFrequency to be 1 or more, got 0.", Assert.Throws<ArgumentOutOfRangeException>(() => new ModelCheckpoint(trainer, "") { SaveFrequency = 0 }).Message, StringComparison.Ordinal);
    }

    private sealed class Look(Action look) : ICallback
    {
        public void OnBatchEnd(int batch, IReadOnlyList<KeyValuePair<string, double>> values) => look();
    }
}
