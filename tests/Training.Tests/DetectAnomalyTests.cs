using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

public class DetectAnomalyTests
{
    [Fact]
    public void A_healthy_training_is_the_same_to_the_bit()
    {
        Trainer blind = New(detect: false), looking = New(detect: true);
        DataSet data = Problem.Points(60, seed: 1);

        foreach (Trainer trainer in (Trainer[])[blind, looking]) trainer.Fit(data, epochs: 3, batchSize: 8, validation: Problem.Points(10, seed: 2));

        foreach ((Parameter expected, Parameter actual) in blind.Model.Parameters.Zip(looking.Model.Parameters)) Expect.SameBits(expected.Value, actual.Value);
        Assert.Equal(blind.History.ToCsv(), looking.History.ToCsv());
        Expect.SameBits(blind.Predict(data), looking.Predict(data));
        Assert.False(new Trainer(Problem.Model(), new Adam(), Losses.SparseCategoricalCrossentropy).DetectAnomaly);
    }

    // With weights of 1e30 two layers in a row leave F32. The step that made them is not to blame by name: the product is where the first infinity comes up.
    [Fact]
    public void A_training_that_diverges_stops_at_the_operation_before_the_next_step_is_taken()
    {
        Sequential model = new([2], seed: 1) { new Dense(4), new Dense(4), new Dense(2) { Activation = Activations.Softmax } };
        Trainer trainer = new(model, new Sgd(1e30), Losses.SparseCategoricalCrossentropy) { DetectAnomaly = true };

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => trainer.Fit(Problem.Points(30, seed: 1), batchSize: 5));

        Assert.Equal("MatMul", anomaly.Operation);
        Assert.StartsWith("sequential/dense", anomaly.Scope, StringComparison.Ordinal);
        Assert.Equal(1, trainer.Batch);
        Assert.All(model.Parameters, parameter => Assert.All(parameter.Value.ToDoubles(), value => Assert.True(double.IsFinite(value))));
    }

    // One batch, no validation: without a look at the weights themselves the epoch would end as if all were well. The gradient of (1e10·w - 0)² at 1 is 2e20.
    [Fact]
    public void A_step_that_leaves_a_weight_infinite_is_found_at_once()
    {
        Sequential model = new([1]) { new Dense(1) { KernelInitializer = Initializers.Constant(1), UseBias = false } };
        DataSet data = new(Tensor.Full([1, 1], 1e10), Tensor.Zeros([1, 1]));
        Trainer trainer = new(model, new Sgd(1e30), Losses.MeanSquaredError) { DetectAnomaly = true };

        AnomalyException anomaly = Assert.Throws<AnomalyException>(() => trainer.Fit(data));

        Assert.Equal(("dense/kernel", double.NegativeInfinity), (anomaly.Parameter, anomaly.Value));
        Assert.Empty(trainer.History.Epochs);
    }

    [Fact]
    public void Evaluation_and_prediction_look_too()
    {
        DataSet poisoned = new(Tensor.From([1f, float.NaN, 0, 1], [2, 2]), Tensor.From([0, 1]), classes: 2);
        Trainer trainer = New(detect: true);

        Assert.True(Assert.Throws<AnomalyException>(() => trainer.Evaluate(poisoned)).CameFromOutside);
        Assert.True(Assert.Throws<AnomalyException>(() => trainer.Predict(poisoned)).CameFromOutside);
        New(detect: false).Evaluate(poisoned);
    }

    private static Trainer New(bool detect) => new(Problem.Model(), new Adam(0.01), Losses.SparseCategoricalCrossentropy) { DetectAnomaly = detect };
}
