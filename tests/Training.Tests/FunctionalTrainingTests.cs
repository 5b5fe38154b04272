using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

/// <summary>A graph of one input and one output trains as a stack does; one of several in a loop by hand, or as in <see cref="SeveralOutputsTests"/>.</summary>
public class FunctionalTrainingTests
{
    /// <summary><see cref="Problem.Model"/> as a graph.</summary>
    private static Functional Chain()
    {
        Node input = Node.Input([2]);
        return new Functional(input, input.Then([.. Problem.Model().Layers.Select(Fresh)]), seed: 7);

        static Layer Fresh(Layer layer) => layer switch
        {
            Dense dense => new Dense(dense.Units) { Activation = dense.Activation, KernelInitializer = dense.KernelInitializer },
            BatchNormalization => new BatchNormalization { Momentum = 0.9 },
            _ => new Dropout(0.1),
        };
    }

    private static Functional Residual(ulong seed = 7)
    {
        Node input = Node.Input([2]), x = input.Then(new Dense(8) { Activation = Activations.Elu });
        x += x.Then(new BatchNormalization { Momentum = 0.9 }, new Dense(8) { Activation = Activations.Elu }, new Dropout(0.1));
        return new Functional(input, x.Then(new Dense(2) { Activation = Activations.Softmax }), seed);
    }

    private static Trainer TrainerOf(Model model) => new(model, new Adam(0.01), Losses.SparseCategoricalCrossentropy);

    [Fact]
    public void A_chain_trains_to_the_same_bits_as_the_stack_and_saves_the_same_tensors()
    {
        DataSet data = Problem.Points(70, seed: 1);
        Trainer stack = TrainerOf(Problem.Model()), graph = TrainerOf(Chain());

        History expected = stack.Fit(data, epochs: 2, batchSize: 16, validation: data), actual = graph.Fit(data, epochs: 2, batchSize: 16, validation: data);

        Assert.Equal(expected.Epochs.SelectMany(epoch => epoch.Values), actual.Epochs.SelectMany(epoch => epoch.Values));
        Expect.SameBits(stack.Predict(data), graph.Predict(data));
        using TestFolder folder = new();
        IReadOnlyList<KeyValuePair<string, Tensor>> a = Saved(stack, folder["a"]), b = Saved(graph, folder["b"]);
        Assert.Equal(a.Select(pair => pair.Key), b.Select(pair => pair.Key));
        foreach ((KeyValuePair<string, Tensor> left, KeyValuePair<string, Tensor> right) in a.Zip(b)) Expect.SameBits(left.Value, right.Value);
    }

    [Fact]
    public void A_residual_network_goes_on_from_a_checkpoint_to_the_same_bytes()
    {
        DataSet data = Problem.Points(70, seed: 1);
        Trainer whole = TrainerOf(Residual()), begun = TrainerOf(Residual());
        whole.Fit(data, epochs: 3, batchSize: 16);
        begun.Fit(data, epochs: 1, batchSize: 16);
        using TestFolder folder = new();
        Saved(begun, folder["begun"]);

        Checkpoint checkpoint = Checkpoint.Load(folder["begun"]);
        Trainer resumed = TrainerOf(checkpoint.Model);
        checkpoint.RestoreTo(resumed);
        resumed.Fit(data, epochs: 2, batchSize: 16);

        Saved(whole, folder["whole"]);
        Saved(resumed, folder["resumed"]);
        Assert.Equal(File.ReadAllBytes(folder["whole"]), File.ReadAllBytes(folder["resumed"]));
        Assert.True(whole.History.Epochs[^1]["loss"] < whole.History.Epochs[0]["loss"]);
    }

    // y = 1 where the two points lie on the same side; a difference of what one layer makes of either shows it.
    [Fact]
    public void Two_inputs_and_two_outputs_train_in_a_loop_by_hand()
    {
        Node left = Node.Input([2]), right = Node.Input([2]);
        Dense shared = new(8) { Activation = Activations.Tanh }, side = new(1);
        Node a = shared.Apply(left), b = shared.Apply(right);
        Functional model = new([left, right], [new Multiply().Apply(a, b).Then(new Dense(1)), side.Apply(a)], seed: 1);
        Adam optimizer = new(0.02);
        Rng rng = new(3);
        Tensor x = Catalogue.Sample([64, 2], Domain.Any, rng).Cast(DType.F32), z = Catalogue.Sample([64, 2], Domain.Any, rng).Cast(DType.F32);
        float[] sides = [.. Enumerable.Range(0, 64).Select(i => Math.Sign(x.AsSpan<float>()[2 * i]) * 1f)];
        float[] same = [.. Enumerable.Range(0, 64).Select(i => sides[i] * Math.Sign(z.AsSpan<float>()[2 * i]))];
        List<double> losses = [];
        for (int step = 0; step < 100; step++)
        {
            using Tape tape = new();
            IReadOnlyList<Variable> y = model.ForwardAll([tape.Constant(x), tape.Constant(z)], Mode.Train);
            Variable loss = Losses.MeanSquaredError(Tensor.From(same, [64, 1]), y[0]) + (0.5 * Losses.MeanSquaredError(Tensor.From(sides, [64, 1]), y[1]));
            optimizer.Apply(tape.Gradient(loss, model.TrainableParameters));
            losses.Add(loss.Value.ToScalar());
        }

        Assert.True(losses[^1] < losses[0] / 4, $"{losses[0]} became {losses[^1]}");
    }

    // Of (3, 4) the shared layer makes (6, 8) and (12, 16), which cost 14 and 28; the kernel of two ones costs 1, once. Two such examples in a batch are divided by 2.
    [Fact]
    public void Penalties_are_in_the_loss_at_each_use_of_a_shared_layer_and_for_its_weights_once()
    {
        Node input = Node.Input([2]);
        Rescaling twice = new(2) { ActivityRegularizer = new L1(1) };
        Dense dense = new(1) { KernelInitializer = Initializers.Ones, KernelRegularizer = new L2(0.5) };
        Node a = twice.Apply(input), b = twice.Apply(a);
        Functional model = new(input, dense.Apply(a) + dense.Apply(b), dtype: DType.F64);
        Trainer trainer = new(model, new Sgd(0), (_, y) => Op.Sum(y) * 0);
        DataSet data = new(Tensor.From([3.0, 4, 3, 4], [2, 2]), Tensor.Zeros([2, 1], DType.F64));

        Assert.Equal(43, trainer.Fit(data).Epochs[0]["loss"]);
        Assert.Equal(43, trainer.Evaluate(data)[0].Value);
    }

    // Words come as whole numbers of the model's type; what an example is, its first word says alone.
    [Fact]
    public void An_embedding_at_the_head_of_a_graph_learns_its_words()
    {
        Node words = Node.Input([2]);
        Functional model = new(words, words.Then(new Embedding(6, 4), new Flatten(), new Dense(2) { Activation = Activations.Softmax }), seed: 1);
        int[] classes = [.. Enumerable.Range(0, 36).Select(i => i / 6 % 2)];
        DataSet data = new(Tensor.From([.. Enumerable.Range(0, 36).SelectMany(i => new float[] { i / 6, i % 6 })], [36, 2]), Tensor.From(classes), classes: 2);
        Trainer trainer = new(model, new Adam(0.05), Losses.SparseCategoricalCrossentropy);

        trainer.Fit(data, epochs: 30, batchSize: 6);

        Assert.Equal(1, trainer.Evaluate(data).Single(pair => pair.Key == "accuracy").Value);
        Assert.Equal(trainer.Predict(data).ToDoubles(), model.Forward(data.Features.Cast(DType.I32), Mode.Inference).Value.ToDoubles());
    }

    // The first normalization's mean is the data's, whatever the layers behind it do; the second's that of what reaches it.
    [Fact]
    public void Population_statistics_follow_the_graph()
    {
        Node input = Node.Input([2]), first = input.Then(new BatchNormalization());
        BatchNormalization second = new();
        Functional model = new(input, (first + input).Then(second, new Dense(2) { Activation = Activations.Softmax }));
        DataSet data = Problem.Points(64, seed: 1);

        PopulationStatistics.Estimate(model, data, batchSize: 32);

        BatchNormalization normalization = (BatchNormalization)first.Layer;
        double[] mean = [.. Enumerable.Range(0, 2).Select(column => data.Features.ToDoubles().Where((_, i) => i % 2 == column).Average())];
        Expect.Near(mean, normalization.MovingMean.Value, 1e-6);

        // x̂ has mean 0 by these statistics, so that the sum's mean is x's.
        Expect.Near(mean, second.MovingMean.Value, 1e-5);
        Assert.All(second.MovingVariance.Value.ToDoubles(), variance => Assert.True(variance > 1));
    }

    [Fact]
    public void The_doctor_looks_along_the_graphs_connections()
    {
        Node input = Node.Input([2]);
        Dense alone = new(4) { Name = "alone" }, both = new(4) { Name = "both" };
        Node x = both.Apply(input);
        Functional model = new(input, (alone.Apply(input).Then(new BatchNormalization()) + x.Then(new BatchNormalization()) + x).Then(new Dense(2) { Activation = Activations.Softmax }));
        List<string> warnings = [];
        DataSet data = Problem.Points(64, seed: 1);

        Trainer trainer = TrainerOf(model);

        trainer.Fit(data, callbacks: [new Doctor(trainer, data, 1, 32, warnings.Add)]);

        // The other's bias goes past its normalization too, where it does something.
        Assert.StartsWith("alone's bias does nothing", Assert.Single(warnings, warning => warning.Contains("bias", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static IReadOnlyList<KeyValuePair<string, Tensor>> Saved(Trainer trainer, string path)
    {
        using (FileStream stream = File.Create(path)) Checkpoint.Save(stream, trainer, new Dictionary<string, string>());
        return SafeTensors.Read(path).Tensors;
    }
}
