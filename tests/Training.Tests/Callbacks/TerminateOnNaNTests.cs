using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

public class TerminateOnNaNTests
{
    // The first step leaves weights of about 1e30, two layers of which in a row leave F32 in the second batch.
    [Fact]
    public void It_stops_before_the_step_and_names_the_operation()
    {
        Sequential model = new([2], seed: 1) { new Dense(4), new Dropout(0.2), new Dense(4), new Dense(2) { Activation = Activations.Softmax } };
        Trainer trainer = new(model, new Sgd(1e30), Losses.SparseCategoricalCrossentropy);
        TerminateOnNaN guard = new();
        List<int> batches = [];

        trainer.Fit(Problem.Points(30, seed: 1), epochs: 3, batchSize: 5, callbacks: [guard, new Batches(batches)]);

        Assert.Equal([1, 2], batches);
        Assert.Equal(1, trainer.Optimizer.Iterations);
        Assert.True(double.IsNaN(Assert.Single(trainer.History.Epochs)["loss"]) || double.IsInfinity(trainer.History.Epochs[0]["loss"]));
        Assert.Equal("Dense", guard.Anomaly!.Operation);
        Assert.Contains("in its MatMul", guard.Anomaly.Message, StringComparison.Ordinal);
        Assert.All(model.Parameters, parameter => Assert.All(parameter.Value.ToDoubles(), value => Assert.True(double.IsFinite(value))));
    }

    // The one feature is dropped, and all is well, or kept, and its product with the weight is infinite: another mask would find nothing half of the time.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_batch_is_computed_again_with_the_same_random_numbers(ulong seed)
    {
        Sequential model = new([1], seed) { new Dropout(0.5), new Dense(1) { KernelInitializer = Initializers.Constant(1e30), UseBias = false } };
        DataSet data = new(Tensor.Full([1, 1], 1e30), Tensor.Zeros([1, 1]));
        Trainer trainer = new(model, new Sgd(0), Losses.MeanAbsoluteError);
        TerminateOnNaN guard = new();

        trainer.Fit(data, epochs: 100, callbacks: [guard]);

        Assert.True(trainer.History.Epochs.Count < 100);
        Assert.Equal("Dense", guard.Anomaly!.Operation);
    }

    [Fact]
    public void A_healthy_training_is_the_same_to_the_bit()
    {
        Trainer with = Problem.Trainer(), without = Problem.Trainer();
        TerminateOnNaN guard = new();

        with.Fit(Problem.Points(30, seed: 1), epochs: 2, callbacks: [guard]);
        without.Fit(Problem.Points(30, seed: 1), epochs: 2);

        Assert.Null(guard.Anomaly);
        foreach ((Parameter a, Parameter b) in with.Model.Parameters.Zip(without.Model.Parameters)) Expect.SameBits(a.Value, b.Value);
    }

    private sealed class Batches(List<int> seen) : ICallback
    {
        public void OnBatchEnd(int batch, IReadOnlyList<KeyValuePair<string, double>> values) => seen.Add(batch);
    }
}
