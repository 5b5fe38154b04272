using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

/// <summary>Models of several inputs and outputs, trained, measured and gone on with.</summary>
public class SeveralOutputsTests
{
    private static readonly string[] Names =
        ["loss", "side_loss", "gap_loss", "side_accuracy", "side_auc", "side_weighted_f1_score", "gap_mean_absolute_error"];

    [Fact]
    public void A_loop_of_ones_own_gives_the_same_weights()
    {
        DataSet data = Pairs.Data(30, seed: 1, areWeighed: true);
        Trainer trainer = Pairs.Trainer(Pairs.Model());
        trainer.Fit(data, epochs: 2, batchSize: 8);

        Functional model = Pairs.Model();
        Adam optimizer = new(0.01);
        for (ulong epoch = 1; epoch <= 2; epoch++)
        {
            foreach (Batch batch in new Batches(data, 8).Iterate(new Rng(model.Seed).Split(epoch).Permutation(data.Count)))
            {
                using Tape tape = new();
                IReadOnlyList<Variable> y = model.ForwardAll([tape.Constant(batch.AllFeatures[0]), tape.Constant(batch.AllFeatures[1])], Mode.Train);
                Variable side = new SparseCategoricalCrossentropy().Compute(batch.AllTargets[0], y[0], batch.Weights), gap = new MeanSquaredError().Compute(batch.AllTargets[1], y[1], batch.Weights);
                optimizer.Apply(tape.Gradient(side + (Pairs.GapWeight * gap), model.TrainableParameters));
            }
        }

        SameWeights(model, trainer.Model);
    }

    // x = 1 and 3. Output a is 1·x for targets 0 and 1: squares 1 and 4, mean 2.5. Output b is 2·x for targets 1 and 4: differences 1 and 2, mean 1.5.
    // Weights 0.5 and 4, and a penalty of 0.1·1²: 0.5·2.5 + 4·1.5 + 0.1 = 7.35.
    // Gradients: 0.5·(2·1·1 + 2·2·3)/2 + 0.2·1 = 3.7 and 4·(1 + 3)/2 = 8; at a rate of 0.1 the kernels become 0.63 and 1.2.
    [Fact]
    public void The_total_is_the_sum_of_the_losses_each_times_its_weight_and_of_the_penalty()
    {
        (Trainer trainer, DataSet data) = ByHand(weights: null);

        Expect.Near([7.35, 2.5, 1.5, 1.5, 1.5], Tensor.From([.. trainer.Evaluate(data).Select(value => value.Value)]), 1e-6);
        EpochRecord epoch = trainer.Fit(data, batchSize: 2).Epochs[0];

        Assert.Equal(["loss", "a_loss", "b_loss", "b_mean_absolute_error", "b_weighted_mean_absolute_error"], epoch.Values.Select(value => value.Key));
        Expect.Near([7.35, 2.5, 1.5, 1.5, 1.5], Tensor.From([.. epoch.Values.Select(value => value.Value)]), 1e-6);
        Expect.Near([0.63, 1.2], Tensor.From([.. trainer.Model.Parameters.Select(parameter => parameter.Value.ToDoubles()[0])]), 1e-6);
    }

    // As above, with the first example counting 2 and the second nothing. a: (2·1 + 0·4)/2 = 1; b: (2·1 + 0·2)/2 = 1; 0.5·1 + 4·1 + 0.1 = 4.6. Weighed the metric is 2·1/2 = 1.
    [Fact]
    public void An_examples_weight_counts_in_the_losses_of_all_outputs()
    {
        (Trainer trainer, DataSet data) = ByHand(Tensor.From([2f, 0f]));

        Expect.Near([4.6, 1, 1, 1.5, 1], Tensor.From([.. trainer.Evaluate(data, batchSize: 2).Select(value => value.Value)]), 1e-6);
    }

    [Fact]
    public void A_loss_of_weight_0_moves_nothing_and_is_measured()
    {
        Functional model = Pairs.Model();
        Trainer trainer = new(model, new Sgd(0.1), [new(Losses.SparseCategoricalCrossentropy) { Weight = 0 }, new(Losses.MeanSquaredError)]);
        Tensor[] before = [.. model.Parameters.Select(parameter => parameter.Value.Clone())];

        EpochRecord epoch = trainer.Fit(Pairs.Data(16, seed: 1), batchSize: 8).Epochs[0];

        Assert.Equal(["side/kernel", "side/bias"], model.Parameters.Where(parameter => parameter.Name.StartsWith("side/", StringComparison.Ordinal)).Select(parameter => parameter.Name));
        foreach ((Tensor old, Parameter parameter) in before.Zip(model.Parameters).Where(pair => pair.Second.Trainable))
        {
            bool moves = parameter.Name.StartsWith("gap/", StringComparison.Ordinal) || parameter.Name.StartsWith("dense/", StringComparison.Ordinal);
            Assert.True(moves != old.ToDoubles().SequenceEqual(parameter.Value.ToDoubles()), parameter.Name);
        }

        Assert.Equal(epoch["gap_loss"], epoch["loss"]);
        Assert.True(epoch["side_loss"] > 0);
    }

    [Fact]
    public void Both_outputs_are_learned()
    {
        Trainer trainer = Pairs.Trainer(Pairs.Model(dropout: 0), new Adam(0.02));

        trainer.Fit(Pairs.Data(400, seed: 1), epochs: 30, batchSize: 16);
        Dictionary<string, double> measured = new(trainer.Evaluate(Pairs.Data(200, seed: 2)));

        Assert.True(measured["side_accuracy"] >= 0.9, trainer.History.ToCsv());
        Assert.True(measured["gap_mean_absolute_error"] <= 0.1, trainer.History.ToCsv());
    }

    [Fact]
    public void The_history_has_Keras_names_and_the_validation_is_what_Evaluate_says()
    {
        DataSet data = Pairs.Data(20, seed: 1, areWeighed: true);
        Functional model = Pairs.Model();
        Trainer split = Pairs.Trainer(model), apart = Pairs.Trainer(Pairs.Model());

        EpochRecord last = split.Fit(data, epochs: 2, batchSize: 8, validationSplit: 0.25).Epochs[^1];
        apart.Fit(data.Take(15), epochs: 2, batchSize: 8, validation: data.Skip(15));

        Assert.Equal([.. Names, .. Names.Select(name => $"val_{name}")], last.Values.Select(value => value.Key));
        Assert.Equal(split.Evaluate(data.Skip(15), batchSize: 8).Select(value => value.Value), last.Values.Skip(Names.Length).Select(value => value.Value));
        Assert.Equal(apart.History.ToCsv(), split.History.ToCsv());
        SameWeights(apart.Model, model);
        foreach (EpochRecord epoch in split.History.Epochs)
        {
            foreach (string part in (string[])["", "val_"]) Assert.Equal(epoch[$"{part}side_loss"] + (Pairs.GapWeight * epoch[$"{part}gap_loss"]), epoch[$"{part}loss"], 1e-6);
        }
    }

    [Fact]
    public void Where_an_outputs_targets_are_class_numbers_its_accuracy_is_measured_unless_told_otherwise()
    {
        Trainer trainer = new(Pairs.Model(), new Sgd(), [new(Losses.SparseCategoricalCrossentropy), new(Losses.MeanSquaredError)]);

        Assert.Equal(["loss", "side_loss", "gap_loss", "side_accuracy"], trainer.Evaluate(Pairs.Data(5, seed: 1)).Select(value => value.Key));
    }

    [Fact]
    public void Predictions_are_the_forward_passes_rows()
    {
        DataSet data = Pairs.Data(10, seed: 1);
        Trainer trainer = Pairs.Trainer(Pairs.Model());

        IReadOnlyList<Tensor> predictions = trainer.PredictAll(data, batchSize: 4);

        IReadOnlyList<Variable> expected = ((Functional)trainer.Model).ForwardAll([data.AllFeatures[0], data.AllFeatures[1]], Mode.Inference);
        Assert.Equal([[10, 2], [10, 1]], predictions.Select(tensor => tensor.Shape.ToArray()));
        for (int i = 0; i < 2; i++) Expect.Near(expected[i].Value.ToDoubles(), predictions[i], 1e-6);
    }

    [Fact]
    public void Two_inputs_and_one_output_take_one_loss()
    {
        DataSet pairs = Pairs.Data(40, seed: 1), data = new([pairs.AllFeatures[0], pairs.AllFeatures[1]], [pairs.AllTargets[1]]);
        static Functional Model()
        {
            Node left = Node.Input([2]), right = Node.Input([2]);
            Dense shared = new(4);
            return new Functional([left, right], [(shared.Apply(left) - shared.Apply(right)).Then(new Dense(1))], seed: 1);
        }

        Trainer trainer = new(Model(), new Adam(0.05), Losses.MeanSquaredError) { Metrics = [new LossMetric(Losses.MeanAbsoluteError)] };
        History history = trainer.Fit(data, epochs: 20, batchSize: 8, validation: data);

        Assert.Equal(["loss", "mean_absolute_error", "val_loss", "val_mean_absolute_error"], history.Epochs[0].Values.Select(value => value.Key));
        Assert.True(history["val_loss"][^1] < 0.01, history.ToCsv());
        Assert.Equal([40, 1], trainer.Predict(data).Shape);
        Expect.SameBits(trainer.PredictAll(data)[0], trainer.Predict(data));
    }

    [Fact]
    public void One_output_in_a_list_is_one_output()
    {
        DataSet data = Problem.Points(30, seed: 1);
        Trainer plain = new(Problem.Model(), new Adam(0.01), Losses.SparseCategoricalCrossentropy) { Metrics = [new Auc()], WeightedMetrics = [new Accuracy()] };
        Trainer listed = new(Problem.Model(), new Adam(0.01), [new(Losses.SparseCategoricalCrossentropy) { Metrics = [new Auc()], WeightedMetrics = [new Accuracy()] }]);

        foreach (Trainer trainer in (Trainer[])[plain, listed]) trainer.Fit(data, epochs: 2, batchSize: 8, validation: data);

        Assert.Equal(Bytes(plain), Bytes(listed));
        Assert.Equal(["loss", "auc", "weighted_accuracy"], listed.Evaluate(data).Select(value => value.Key));
    }

    // 22 examples by 5 are five batches an epoch; every second checkpoint lies within one, with what six values have gathered.
    [Fact]
    public void Broken_off_after_any_step_a_training_ends_with_the_same_bytes()
    {
        List<byte[]> saved = [];
        Trainer whole = Pairs.Trainer(Pairs.Model());
        Fit(whole, new AfterBatch(() => saved.Add(Bytes(whole))));
        byte[] expected = Bytes(whole);
        Assert.Equal(15, saved.Count);

        foreach (byte[] bytes in saved)
        {
            using TestFolder folder = new();
            File.WriteAllBytes(folder["checkpoint.safetensors"], bytes);
            Checkpoint checkpoint = Checkpoint.Load(folder["checkpoint.safetensors"]);
            Trainer resumed = Pairs.Trainer(checkpoint.Model);
            checkpoint.RestoreTo(resumed);
            Assert.Equal(bytes, Bytes(resumed));

            Fit(resumed);

            Assert.Equal(whole.History.ToCsv(), resumed.History.ToCsv());
            Assert.Equal(expected, Bytes(resumed));
        }

        static void Fit(Trainer trainer, params ICallback[] more) => trainer.Fit(
            Pairs.Data(22, seed: 1, areWeighed: true),
            epochs: 3,
            batchSize: 5,
            validation: Pairs.Data(10, seed: 2),
            callbacks: [new EarlyStopping(trainer) { Monitor = "val_side_accuracy", Patience = 9, RestoreBestWeights = true }, .. more],
            initialEpoch: trainer.History.Epochs.Count);
    }

    // Sum and count of the total, of two losses and of an accuracy, which the other does not measure.
    [Fact]
    public void An_epoch_is_not_gone_on_with_by_a_trainer_that_measures_something_else()
    {
        DataSet data = Pairs.Data(22, seed: 1);
        Trainer begun = new(Pairs.Model(), new Adam(0.01), [new(Losses.SparseCategoricalCrossentropy), new(Losses.MeanSquaredError)]);
        using TestFolder folder = new();
        begun.Fit(data, batchSize: 5, callbacks: [new AfterBatch(() => File.WriteAllBytes(folder[$"{begun.Batch}"], Bytes(begun)))]);
        Checkpoint checkpoint = Checkpoint.Load(folder["2"]);
        Trainer other = new(checkpoint.Model, new Adam(0.01), [new(Losses.SparseCategoricalCrossentropy) { Metrics = [] }, new(Losses.MeanSquaredError)]);
        checkpoint.RestoreTo(other);

        string message = Assert.Throws<ArgumentException>(() => other.Fit(data, batchSize: 5)).Message;

        Assert.Equal("Trainer: expected 6 numbers that an epoch has gathered, as its losses and metrics are, got 8. Are they those that it was broken off with?", message);
        Assert.Equal(2, other.Optimizer.Iterations);
    }

    // The losses and accuracies of outputs are known by their names: a loss that grows, and an accuracy that falls, are no progress.
    [Theory]
    [InlineData("val_gap_loss", 1, 2)]
    [InlineData("side_loss", 1, 2)]
    [InlineData("gap_mean_absolute_error", 1, 2)]
    [InlineData("side_accuracy", 0.9, 0.8)]
    [InlineData("val_side_weighted_f1_score", 0.9, 0.8)]
    public void Callbacks_know_which_way_the_values_of_outputs_become_better(string monitor, double better, double worse)
    {
        EarlyStopping stopping = new(Pairs.Trainer(Pairs.Model())) { Monitor = monitor, Patience = 1 };

        stopping.OnTrainBegin();
        foreach ((double value, int epoch) in ((double[])[better, worse]).Select((value, i) => (value, i + 1))) stopping.OnEpochEnd(new EpochRecord(epoch, [KeyValuePair.Create(monitor, value)], Seconds: 0));

        Assert.Equal((1, 2), (stopping.BestEpoch, stopping.StoppedEpoch));
    }

    // The second batch's weights of about 1e30 make the losses infinite: both outputs' are in the history, and the weights stay numbers.
    [Fact]
    public void An_end_at_a_loss_that_is_no_number_and_the_doctor_look_at_all_outputs()
    {
        Trainer trainer = Pairs.Trainer(Pairs.Model(), new Sgd(1e30));
        DataSet data = Pairs.Data(40, seed: 1);
        TerminateOnNaN guard = new();
        List<string> warnings = [];

        trainer.Fit(data, epochs: 3, batchSize: 5, callbacks: [guard, new Doctor(trainer, data, 3, 5, warnings.Add)]);

        Assert.NotNull(guard.Anomaly);
        Assert.False(double.IsFinite(Assert.Single(trainer.History.Epochs)["gap_loss"]));
        Assert.All(trainer.Model.TrainableParameters, parameter => Assert.All(parameter.Value.ToDoubles(), value => Assert.True(double.IsFinite(value))));
        Assert.Contains(warnings, warning => warning.Contains("moving statistics", StringComparison.Ordinal));
    }

    private static (Trainer Trainer, DataSet Data) ByHand(Tensor? weights)
    {
        Node input = Node.Input([1]);
        Dense a = new(1) { Name = "a", UseBias = false, KernelInitializer = Initializers.Constant(1), KernelRegularizer = new L2(0.1) }, b = new(1) { Name = "b", UseBias = false, KernelInitializer = Initializers.Constant(2) };
        Trainer trainer = new(new Functional([input], [a.Apply(input), b.Apply(input)]), new Sgd(0.1),
        [
            new(Losses.MeanSquaredError) { Weight = 0.5 },
            new(Losses.MeanAbsoluteError) { Weight = 4, Metrics = [new LossMetric(Losses.MeanAbsoluteError)], WeightedMetrics = [new LossMetric(Losses.MeanAbsoluteError)] },
        ]);
        return (trainer, new DataSet([Tensor.From([1f, 3f], [2, 1])], [Tensor.From([0f, 1f], [2, 1]), Tensor.From([1f, 4f], [2, 1])], weights: weights));
    }

    private static void SameWeights(Model expected, Model actual)
    {
        Assert.Equal(expected.Parameters.Count, actual.Parameters.Count);
        foreach ((Parameter a, Parameter b) in expected.Parameters.Zip(actual.Parameters)) Expect.SameBits(a.Value, b.Value);
    }

    private static byte[] Bytes(Trainer trainer)
    {
        using MemoryStream stream = new();
        Checkpoint.Save(stream, trainer, new Dictionary<string, string>());
        return stream.ToArray();
    }

    private sealed class AfterBatch(Action act) : ICallback
    {
        public void OnBatchEnd(int batch, IReadOnlyList<KeyValuePair<string, double>> values) => act();
    }
}
