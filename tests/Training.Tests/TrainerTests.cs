using System.Globalization;
using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

public class TrainerTests
{
    [Fact]
    public void A_small_separable_problem_is_learned()
    {
        Trainer trainer = New();

        History history = trainer.Fit(Problem.Points(60, seed: 1), epochs: 30, batchSize: 8);

        Assert.Equal(30, history.Epochs.Count);
        Assert.True(history["loss"][^1] < 0.3 * history["loss"][0], history.ToCsv());
        Assert.True(trainer.Evaluate(Problem.Points(40, seed: 2))[1].Value >= 0.9);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_of_weights()
    {
        Trainer first = New(), second = New(), other = New(seed: 8);
        foreach (Trainer trainer in (Trainer[])[first, second, other]) trainer.Fit(Problem.Points(30, seed: 1), epochs: 3, batchSize: 8);

        SameWeights(first.Model, second.Model);
        Assert.Equal(first.History.ToCsv(), second.History.ToCsv());
        Assert.NotEqual(first.History.ToCsv(), other.History.ToCsv());
    }

    [Fact]
    public void The_order_of_an_epoch_depends_on_the_seed_and_its_number_alone()
    {
        // Targets that say which example it was, and a loss that notes them.
        DataSet data = new(Tensor.Zeros([7, 2]), Tensor.From([0f, 1, 2, 3, 4, 5, 6], [7, 1]));
        List<int> seen = [];
        LossFunction noting = (targets, predictions) =>
        {
            seen.AddRange(targets.ToDoubles().Select(value => (int)value));
            return Losses.MeanSquaredError(targets, predictions);
        };
        int[] first = new Rng(5).Split(1).Permutation(7), second = new Rng(5).Split(2).Permutation(7);

        new Trainer(Regression(seed: 5), new Sgd(0), noting).Fit(data, epochs: 2, batchSize: 3);
        Assert.Equal([.. first, .. second], seen);
        Assert.NotEqual(first, second);

        seen.Clear();
        new Trainer(Regression(seed: 6), new Adam(), noting) { Seed = 5 }.Fit(data, epochs: 2, batchSize: 2);
        Assert.Equal([.. first, .. second], seen);

        seen.Clear();
        new Trainer(Regression(seed: 5), new Sgd(0), noting).Fit(data, batchSize: 3, shuffle: false);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], seen);
    }

    [Theory]
    [InlineData("momentum")]
    [InlineData("adam")]
    public void Two_epochs_and_three_are_five(string optimizer)
    {
        Trainer whole = New(optimizer), parts = New(optimizer);
        DataSet data = Problem.Points(30, seed: 1);

        whole.Fit(data, epochs: 5, batchSize: 8, validation: Problem.Points(10, seed: 2));
        parts.Fit(data, epochs: 2, batchSize: 8, validation: Problem.Points(10, seed: 2));
        History history = parts.Fit(data, epochs: 3, batchSize: 8, validation: Problem.Points(10, seed: 2));

        SameWeights(whole.Model, parts.Model);
        Assert.Equal(whole.History.ToCsv(), history.ToCsv());
        Assert.Equal([1, 2, 3, 4, 5], history.Epochs.Select(epoch => epoch.Epoch));
    }

    [Fact]
    public void Validation_values_are_those_of_Evaluate()
    {
        Trainer trainer = New();
        DataSet held = Problem.Points(13, seed: 2);

        EpochRecord last = trainer.Fit(Problem.Points(30, seed: 1), epochs: 2, batchSize: 8, validation: held).Epochs[^1];
        IReadOnlyList<KeyValuePair<string, double>> evaluated = trainer.Evaluate(held, batchSize: 8);

        Assert.Equal(["loss", "accuracy", "val_loss", "val_accuracy"], last.Values.Select(value => value.Key));
        Assert.Equal(["loss", "accuracy"], evaluated.Select(value => value.Key));
        Assert.Equal(evaluated.Select(value => value.Value), [last["val_loss"], last["val_accuracy"]]);
    }

    [Fact]
    public void Evaluation_weighs_a_short_last_batch_by_its_examples_and_changes_nothing()
    {
        Trainer trainer = New();
        DataSet data = Problem.Points(10, seed: 1);
        trainer.Fit(data, batchSize: 5);
        Tensor[] before = [.. trainer.Model.Parameters.Select(parameter => parameter.Value.Clone())];

        double whole = trainer.Evaluate(data, batchSize: 10)[0].Value;
        double parts = trainer.Evaluate(data, batchSize: 4)[0].Value;

        Assert.Equal(whole, parts, 1e-6);
        foreach ((Tensor expected, Parameter parameter) in before.Zip(trainer.Model.Parameters)) Expect.SameBits(expected, parameter.Value);
    }

    [Fact]
    public void Predictions_are_the_forward_passes_rows()
    {
        Trainer trainer = New();
        DataSet data = Problem.Points(10, seed: 1);

        Tensor predictions = trainer.Predict(data, batchSize: 4);

        Assert.Equal([10, 2], predictions.Shape);
        Expect.Near(trainer.Model.Forward(data.Features, Mode.Inference).Value.ToDoubles(), predictions, 1e-6);
        Expect.Near([1], Tensor.From([predictions[9, 0] + predictions[9, 1]]), 1e-6);
    }

    // Batches of 4, 4 and 2; with a rate of 0 and no dropout, the mean over the examples is what one batch of 10 gives.
    [Fact]
    public void A_short_last_batch_is_trained_on_and_weighed_by_its_examples()
    {
        DataSet data = Problem.Points(10, seed: 1);
        Recorder recorder = new();
        Sequential model = new([2], seed: 3) { new Dense(2) { Activation = Activations.Softmax } };

        double parts = new Trainer(model, new Sgd(0), Losses.SparseCategoricalCrossentropy).Fit(data, batchSize: 4, callbacks: [recorder])["loss"][0];
        double whole = new Trainer(model, new Sgd(0), Losses.SparseCategoricalCrossentropy).Fit(data, batchSize: 10)["loss"][0];

        Assert.Equal(3, recorder.Lines.Count(line => line.StartsWith("batch", StringComparison.Ordinal)));
        Assert.Equal(whole, parts, 1e-6);
    }

    [Fact]
    public void Callbacks_are_told_in_order_each_after_the_other()
    {
        Recorder recorder = new();

        New().Fit(Problem.Points(10, seed: 1), epochs: 2, batchSize: 5, validation: Problem.Points(5, seed: 2), callbacks: [recorder, recorder]);

        Assert.Equal(
            [
                "begin 1 of 2", "begin 1 of 2", "batch 1", "batch 1", "batch 2", "batch 2", "end 1: loss accuracy val_loss val_accuracy", "end 1: loss accuracy val_loss val_accuracy",
                "begin 2 of 2", "begin 2 of 2", "batch 1", "batch 1", "batch 2", "batch 2", "end 2: loss accuracy val_loss val_accuracy", "end 2: loss accuracy val_loss val_accuracy",
            ],
            recorder.Lines);
    }

    [Fact]
    public void A_callback_can_end_an_epoch_early_and_training_can_go_on_later()
    {
        Trainer trainer = New();
        DataSet data = Problem.Points(10, seed: 1);

        trainer.Fit(data, epochs: 5, batchSize: 5, callbacks: [new Recorder { AtBatch = () => { if (trainer.History.Epochs.Count == 1) trainer.Stop(); } }]);
        Assert.Equal(2, trainer.History.Epochs.Count);
        Assert.Equal(3, trainer.Optimizer.Iterations);

        trainer.Fit(data, epochs: 1, batchSize: 5);
        Assert.Equal(3, trainer.History.Epochs.Count);
    }

    [Fact]
    public void Cancelling_breaks_off_after_the_batch_and_the_epoch_can_be_finished()
    {
        Trainer whole = New(), broken = New();
        DataSet data = Problem.Points(30, seed: 1);
        whole.Fit(data, epochs: 2, batchSize: 8);
        using CancellationTokenSource source = new();
        int batches = 0;
        Recorder cancelling = new() { AtBatch = () => { if (++batches == 3) source.Cancel(); } };

        Assert.ThrowsAny<OperationCanceledException>(() => broken.Fit(data, epochs: 2, batchSize: 8, callbacks: [cancelling], cancellationToken: source.Token));
        Assert.Equal(3, batches);
        Assert.Equal(3, broken.Optimizer.Iterations);
        Assert.Equal(3, broken.Batch);
        Assert.Empty(broken.History.Epochs);

        broken.Fit(data, epochs: 2, batchSize: 8);
        SameWeights(whole.Model, broken.Model);
        Assert.Equal(whole.History.ToCsv(), broken.History.ToCsv());
        Assert.Equal(0, broken.Batch);
    }

    [Fact]
    public void A_loss_that_is_no_number_is_reported_as_such()
    {
        Tensor features = Tensor.Zeros([4, 2]);
        features.AsSpan<float>()[3] = float.NaN;
        Trainer trainer = New();

        History history = trainer.Fit(new DataSet(features, Tensor.From([0, 1, 0, 1])), batchSize: 4);

        Assert.Equal(double.NaN, history["loss"][0]);
        Assert.InRange(history["accuracy"][0], 0, 1);
    }

    [Fact]
    public void A_loop_of_ones_own_gives_the_same_weights()
    {
        DataSet data = Problem.Points(30, seed: 1);
        Trainer trainer = New("adam");
        trainer.Fit(data, epochs: 2, batchSize: 8);

        Sequential model = Problem.Model();
        Adam optimizer = new(0.01);
        for (ulong epoch = 1; epoch <= 2; epoch++)
        {
            foreach (Batch batch in new Batches(data, 8).Iterate(new Rng(model.Seed).Split(epoch).Permutation(data.Count)))
            {
                using Tape tape = new();
                Variable y = model.Forward(tape.Constant(batch.Features), Mode.Train);
                Variable loss = Losses.SparseCategoricalCrossentropy(batch.Targets, y);
                optimizer.Apply(tape.Gradient(loss, model.TrainableParameters));
            }
        }

        SameWeights(trainer.Model, model);
    }

    [Fact]
    public void Numbers_as_targets_are_measured_by_the_loss_alone()
    {
        DataSet data = new(Tensor.From([1f, 2, 3, 4], [2, 2]), Tensor.From([1f, 0], [2, 1]));
        Trainer trainer = new(Regression(seed: 1), new Sgd(), Losses.MeanSquaredError);

        Assert.Equal(["loss"], trainer.Fit(data).Epochs[0].Values.Select(value => value.Key));
        Trainer measured = new(Regression(seed: 1), new Sgd(), Losses.MeanSquaredError) { Metrics = [new Accuracy()] };
        Assert.Equal(["loss", "accuracy"], measured.Fit(data).Epochs[0].Values.Select(value => value.Key));
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void A_model_of_either_type_whose_input_shape_is_unknown_can_be_trained(DType dtype)
    {
        Sequential model = new(seed: 1, dtype: dtype) { new Dense(2) { Activation = Activations.Softmax } };
        Trainer trainer = new(model, new Sgd(), Losses.SparseCategoricalCrossentropy);

        trainer.Fit(Problem.Points(10, seed: 1));

        Assert.Equal(dtype, trainer.Predict(Problem.Points(3, seed: 1)).DType);
    }

    [Fact]
    public void Pixels_are_scaled_from_0_to_1()
    {
        Sequential model = new([2], seed: 1) { new Activation(Activations.Linear) };
        DataSet data = new(Tensor.From([(byte)0, (byte)51, (byte)255, (byte)102], [2, 2]), Tensor.From([0, 1]));

        Expect.Near([0, 0.2, 1, 0.4], new Trainer(model, new Sgd(), Losses.SparseCategoricalCrossentropy).Predict(data), 1e-7);
    }

    [Fact]
    public void Nothing_to_train_on_is_refused()
    {
        DataSet nothing = Problem.Points(10, seed: 1).Take(0);

        Assert.Equal("Fit: expected at least one example, got none. (Parameter 'train')", Assert.Throws<ArgumentException>(() => New().Fit(nothing)).Message);
        Assert.Equal(double.NaN, New().Evaluate(nothing)[0].Value);
        Assert.Equal([0, 2], New().Predict(nothing).Shape);
        Assert.Throws<ArgumentOutOfRangeException>(() => New().Fit(Problem.Points(10, seed: 1), epochs: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => New().Fit(Problem.Points(10, seed: 1), batchSize: 0));
    }

    [Fact]
    public void No_epochs_train_nothing()
    {
        Trainer trainer = New();

        Assert.Empty(trainer.Fit(Problem.Points(10, seed: 1), epochs: 0).Epochs);
        Assert.Equal(0, trainer.Optimizer.Iterations);
    }

    private static Trainer New(string optimizer = "adam", ulong seed = 7) => Problem.Trainer(optimizer, seed);

    private static Sequential Regression(ulong seed) => new([2], seed) { new Dense(1) };

    private static void SameWeights(Model expected, Model actual)
    {
        Assert.Equal(expected.Parameters.Count, actual.Parameters.Count);
        foreach ((Parameter a, Parameter b) in expected.Parameters.Zip(actual.Parameters)) Expect.SameBits(a.Value, b.Value);
    }

    /// <summary>Notes what it is told.</summary>
    private sealed class Recorder : ICallback
    {
        public List<string> Lines { get; } = [];

        public Action AtBatch { get; init; } = () => { };

        public void OnEpochBegin(int epoch, int batches) => Lines.Add(string.Create(CultureInfo.InvariantCulture, $"begin {epoch} of {batches}"));

        public void OnBatchEnd(int batch, IReadOnlyList<KeyValuePair<string, double>> values)
        {
            Assert.Equal(["loss", "accuracy"], values.Select(value => value.Key));
            Lines.Add(string.Create(CultureInfo.InvariantCulture, $"batch {batch}"));
            AtBatch();
        }

        public void OnEpochEnd(EpochRecord epoch) => Lines.Add(string.Create(CultureInfo.InvariantCulture, $"end {epoch.Epoch}: {string.Join(' ', epoch.Values.Select(value => value.Key))}"));
    }
}
