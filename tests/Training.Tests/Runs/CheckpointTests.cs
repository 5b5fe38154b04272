using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

public class CheckpointTests
{
    private static readonly Dictionary<string, string> Options = new() { ["epochs"] = "5", ["note"] = "\"quoted\", and\ntwo lines" };

    public static TheoryData<string> Optimizers() => ["sgd", "momentum", "nesterov", "adam"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_resumed_run_equals_the_uninterrupted_one(string optimizer)
    {
        DataSet data = Problem.Points(30, seed: 1), held = Problem.Points(10, seed: 2);
        Trainer whole = Problem.Trainer(optimizer);
        whole.Fit(data, epochs: 5, batchSize: 8, validation: held);

        Trainer before = Problem.Trainer(optimizer);
        before.Fit(data, epochs: 2, batchSize: 8, validation: held);
        Trainer after = Resumed(SavedAndLoaded(before), optimizer);
        after.Fit(data, epochs: 3, batchSize: 8, validation: held);

        SameWeights(whole, after);
        Assert.Equal(whole.History.ToCsv(), after.History.ToCsv());
        Assert.Equal(whole.Optimizer.Iterations, after.Optimizer.Iterations);
    }

    // Four batches an epoch; broken off after each of the first seven, within both epochs and between them.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    public void A_run_that_was_broken_off_within_an_epoch_is_finished_as_if_it_were_not(int batches)
    {
        DataSet data = Problem.Points(30, seed: 1);
        Trainer whole = Problem.Trainer();
        whole.Fit(data, epochs: 2, batchSize: 8);
        Trainer broken = Problem.Trainer();
        using CancellationTokenSource source = new();

        Assert.ThrowsAny<OperationCanceledException>(() => broken.Fit(data, epochs: 2, batchSize: 8, callbacks: [new CancelAfter(batches, source)], cancellationToken: source.Token));
        Trainer after = Resumed(SavedAndLoaded(broken), "adam");
        after.Fit(data, epochs: 2 - after.History.Epochs.Count, batchSize: 8);

        SameWeights(whole, after);
        Assert.Equal(whole.History.ToCsv(), after.History.ToCsv());
    }

    // As above, with metrics of many numbers, weighed and not, which validation uses too.
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(6)]
    public void Metrics_go_on_where_they_were_broken_off(int batches)
    {
        DataSet points = Problem.Points(30, seed: 1), held = Problem.Points(10, seed: 2);
        DataSet data = new(points.Features, points.Targets, 2, Tensor.From([.. Enumerable.Range(0, 30).Select(i => i % 4f)]));
        Trainer whole = Measuring(Problem.Model()), broken = Measuring(Problem.Model());
        whole.Fit(data, epochs: 2, batchSize: 8, validation: held);
        using CancellationTokenSource source = new();

        Assert.ThrowsAny<OperationCanceledException>(() => broken.Fit(data, epochs: 2, batchSize: 8, validation: held, callbacks: [new CancelAfter(batches, source)], cancellationToken: source.Token));
        Checkpoint checkpoint = SavedAndLoaded(broken);
        Trainer after = Measuring(checkpoint.Model);
        checkpoint.RestoreTo(after);
        after.Fit(data, epochs: 2 - after.History.Epochs.Count, batchSize: 8, validation: held);

        Assert.Equal(whole.History.ToCsv(), after.History.ToCsv());
        Assert.Contains("weighted_f1_score,val_loss,val_auc", whole.History.ToCsv(), StringComparison.Ordinal);

        static Trainer Measuring(Model model) => new(model, Problem.Optimizer("adam"), Losses.SparseCategoricalCrossentropy)
        {
            Metrics = [new Auc(), new Recall(2), new LossMetric(new SparseCategoricalCrossentropy { LabelSmoothing = 0.1 }) { Name = "smoothed" }],
            WeightedMetrics = [new F1Score(2)],
        };
    }

    [Fact]
    public void Weights_statistics_history_options_and_generators_read_back()
    {
        Trainer trainer = Problem.Trainer();
        trainer.Fit(Problem.Points(30, seed: 1), epochs: 2, batchSize: 8, validation: Problem.Points(10, seed: 2));

        Checkpoint read = SavedAndLoaded(trainer);

        Assert.Equal(LayerJson.ToJson(trainer.Model), LayerJson.ToJson(read.Model));
        Assert.Equal(trainer.Model.Seed, read.Model.Seed);
        foreach ((Parameter a, Parameter b) in trainer.Model.Parameters.Zip(read.Model.Parameters)) Expect.SameBits(a.Value, b.Value);
        Assert.Equal(trainer.History.ToCsv(), read.History.ToCsv());
        Assert.All(read.History.Epochs, epoch => Assert.Equal(0, epoch.Seconds));
        Assert.Equal(Options, read.Options);
        (Rng saved, Rng restored) = (((IStochastic)trainer.Model.Layers[2]).Rng, ((IStochastic)read.Model.Layers[2]).Rng);
        Assert.Equal((saved.Seed, saved.Position), (restored.Seed, restored.Position));
        Assert.True(saved.Position > 0);
    }

    [Fact]
    public void The_optimizers_state_reads_back()
    {
        Trainer trainer = Problem.Trainer();
        trainer.Fit(Problem.Points(30, seed: 1), batchSize: 8);

        Trainer read = Resumed(SavedAndLoaded(trainer), "adam");

        Assert.Equal(4, read.Optimizer.Iterations);
        foreach ((Parameter a, Parameter b) in trainer.Model.TrainableParameters.Zip(read.Model.TrainableParameters))
        {
            foreach ((Tensor expected, Tensor actual) in trainer.Optimizer.StateOf(a).Zip(read.Optimizer.StateOf(b))) Expect.SameBits(expected, actual);
        }
    }

    [Fact]
    public void Models_of_F64_frozen_layers_and_nested_generators_read_back()
    {
        Sequential model = new([2], seed: 3, dtype: DType.F64)
        {
            new BatchNormalization { Trainable = false },
            new Sequential { new Dropout(0.5), new Dense(2) { Activation = Activations.Softmax } },
        };
        Trainer trainer = new(model, new Adam(), Losses.SparseCategoricalCrossentropy);
        trainer.Fit(Problem.Points(10, seed: 1), batchSize: 4);

        Checkpoint read = SavedAndLoaded(trainer);

        Assert.Equal(DType.F64, read.Model.DType);
        Assert.Equal(model.TrainableParameters.Select(parameter => parameter.Name), read.Model.TrainableParameters.Select(parameter => parameter.Name));
        foreach ((Parameter a, Parameter b) in model.Parameters.Zip(read.Model.Parameters)) Expect.SameBits(a.Value, b.Value);
        Assert.Equal(((Dropout)((Sequential)model.Layers[1]).Layers[0]).Rng.Position, ((Dropout)((Sequential)read.Model.Layers[1]).Layers[0]).Rng.Position);
    }

    [Fact]
    public void A_loss_that_is_no_number_reads_back_as_such()
    {
        Trainer trainer = Problem.Trainer();
        trainer.History.Add(new EpochRecord(1, [KeyValuePair.Create("loss", double.NaN)], Seconds: 1));

        Assert.Equal(double.NaN, SavedAndLoaded(trainer).History["loss"][0]);
    }

    [Fact]
    public void Equal_runs_make_equal_bytes()
    {
        Trainer first = Problem.Trainer(), second = Problem.Trainer();
        first.Fit(Problem.Points(30, seed: 1), epochs: 2, batchSize: 8);
        second.Fit(Problem.Points(30, seed: 1), epochs: 2, batchSize: 8);

        Assert.Equal(Bytes(first), Bytes(second));
    }

    [Fact]
    public void A_model_that_has_not_been_built_cannot_be_saved()
    {
        Trainer trainer = new(new Sequential { new Dense(1) }, new Sgd(), Losses.MeanSquaredError);

        Assert.StartsWith("Checkpoint: expected a model that has been built, got ", Assert.Throws<InvalidOperationException>(() => Bytes(trainer)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trainer_of_another_model_or_with_another_optimizer_is_refused()
    {
        Checkpoint checkpoint = SavedAndLoaded(Problem.Trainer("sgd"));

        Assert.Throws<ArgumentException>(() => checkpoint.RestoreTo(Problem.Trainer("sgd")));
        Assert.Throws<FormatException>(() => checkpoint.RestoreTo(new Trainer(checkpoint.Model, new Adam(), Losses.SparseCategoricalCrossentropy)));
    }

    [Fact]
    public void A_file_of_another_kind_is_refused()
    {
        using TestFolder folder = new();
        using (FileStream stream = File.Create(folder["weights.safetensors"])) SafeTensors.Write(stream, [KeyValuePair.Create("a", Tensor.Zeros([1]))]);

        string message = Assert.Throws<FormatException>(() => Checkpoint.Load(folder["weights.safetensors"])).Message;

        Assert.StartsWith("weights.safetensors: expected ", message, StringComparison.Ordinal);
        Assert.Contains("tapestry.checkpoint.1", message, StringComparison.Ordinal);
    }

    // Each text of the metadata in turn is left out, emptied, or made something else; each tensor in turn is left out or of another shape.
    [Fact]
    public void A_damaged_checkpoint_is_refused_by_the_files_name_whatever_is_damaged()
    {
        using TestFolder folder = new();
        string path = folder["checkpoint.safetensors"];
        File.WriteAllBytes(path, Bytes(Problem.Trainer("sgd")));
        (IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string> metadata) = SafeTensors.Read(path);

        foreach (string key in metadata.Keys.Where(key => key != "checksum"))
        {
            Refused($"no {key}", tensors, metadata.Where(pair => pair.Key != key));
            foreach (string text in (string[])["", "nonsense", "null", "[null]", "{\"dropout\": \"5\"}", "{\"dropout\": 5}", "{\"a\": null}"])
            {
                // Some of these are what the text may well be: options are anybody's.
                if (key == "options" && text.StartsWith("{\"dropout\": \"", StringComparison.Ordinal)) continue;
                if (key == "gathered" && text == "[null]") continue;
                Refused($"{key} is {text}", tensors, metadata.Select(pair => pair.Key == key ? KeyValuePair.Create(key, text) : pair));
            }
        }

        foreach ((string name, Tensor tensor) in tensors)
        {
            Refused($"no {name}", tensors.Where(pair => pair.Key != name), metadata);
            Refused($"{name} of another shape", tensors.Select(pair => pair.Key == name ? KeyValuePair.Create(name, tensor.Reshape(1, tensor.Length, 1)) : pair), metadata);
        }

        void Refused(string what, IEnumerable<KeyValuePair<string, Tensor>> someTensors, IEnumerable<KeyValuePair<string, string>> someMetadata)
        {
            using (FileStream stream = File.Create(path)) SafeTensors.Write(stream, someTensors, someMetadata);

            // Sealed anew, so that what is wrong is looked at, and not only that something has changed.
            File.WriteAllBytes(path, CheckpointSeal.Seal(File.ReadAllBytes(path)));
            Exception? error = Record.Exception(() => Checkpoint.Load(path));
            Assert.True(error is FormatException, $"{what}: {error?.ToString() ?? "loaded"}");
            Assert.StartsWith("checkpoint.safetensors: expected ", error!.Message, StringComparison.Ordinal);
        }
    }

    private static byte[] Bytes(Trainer trainer)
    {
        using MemoryStream stream = new();
        Checkpoint.Save(stream, trainer, Options);
        return stream.ToArray();
    }

    private static Checkpoint SavedAndLoaded(Trainer trainer)
    {
        using TestFolder folder = new();
        File.WriteAllBytes(folder["checkpoint.safetensors"], Bytes(trainer));
        return Checkpoint.Load(folder["checkpoint.safetensors"]);
    }

    private static Trainer Resumed(Checkpoint checkpoint, string optimizer)
    {
        Trainer trainer = new(checkpoint.Model, Problem.Optimizer(optimizer), Losses.SparseCategoricalCrossentropy);
        checkpoint.RestoreTo(trainer);
        return trainer;
    }

    private static void SameWeights(Trainer expected, Trainer actual)
    {
        foreach ((Parameter a, Parameter b) in expected.Model.Parameters.Zip(actual.Model.Parameters)) Expect.SameBits(a.Value, b.Value);
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
