using Tapestry.Autodiff;
using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

public class WeightsTests
{
    private static readonly Dictionary<int, double> ByClass = new() { [0] = 0.5, [1] = 3 };

    // The same steps twice: by class, and with each example carrying its class's weight.
    [Fact]
    public void Class_weights_are_the_examples_weights_by_their_class()
    {
        DataSet plain = Problem.Points(30, seed: 1);
        Trainer byClass = Problem.Trainer(), byExample = Problem.Trainer(), none = Problem.Trainer();

        byClass.Fit(plain, epochs: 2, batchSize: 8, classWeights: ByClass);
        byExample.Fit(new DataSet(plain.Features, plain.Targets, 2, Of(plain, label => ByClass[label])), epochs: 2, batchSize: 8);
        none.Fit(plain, epochs: 2, batchSize: 8);

        Assert.Equal(byExample.History.ToCsv(), byClass.History.ToCsv());
        foreach ((Parameter a, Parameter b) in byExample.Model.Parameters.Zip(byClass.Model.Parameters)) Expect.SameBits(a.Value, b.Value);
        Assert.NotEqual(none.History.ToCsv(), byClass.History.ToCsv());
    }

    [Fact]
    public void They_are_multiplied_and_a_class_that_is_not_named_counts_1()
    {
        DataSet plain = Problem.Points(30, seed: 1);
        DataSet weighed = new(plain.Features, plain.Targets, 2, Of(plain, label => 2)), both = new(plain.Features, plain.Targets, 2, Of(plain, label => label == 1 ? 6 : 2));
        Trainer left = Problem.Trainer(), right = Problem.Trainer();

        left.Fit(weighed, batchSize: 8, classWeights: new Dictionary<int, double> { [1] = 3 });
        right.Fit(both, batchSize: 8);

        Assert.Equal(right.History.ToCsv(), left.History.ToCsv());
    }

    [Fact]
    public void One_hot_rows_are_of_the_class_of_their_largest()
    {
        DataSet plain = Problem.Points(30, seed: 1), rows = new(plain.Features, Indexing.OneHot(plain.Targets, 2));
        Trainer sparse = Problem.Trainer(), dense = new(Problem.Model(), Problem.Optimizer("adam"), Losses.CategoricalCrossentropy) { Metrics = [new Accuracy()] };

        sparse.Fit(plain, batchSize: 8, classWeights: ByClass);
        dense.Fit(rows, batchSize: 8, classWeights: ByClass);

        Assert.Equal(sparse.History.ToCsv(), dense.History.ToCsv());
    }

    // The loss of evaluation is the mean of w·l over the examples; class weights are training's alone.
    [Fact]
    public void Evaluation_weighs_by_example_and_not_by_class()
    {
        DataSet plain = Problem.Points(12, seed: 1);
        DataSet doubled = new(plain.Features, plain.Targets, 2, Tensor.Full([12], 2));
        Trainer trainer = Problem.Trainer();

        double once = trainer.Evaluate(plain, batchSize: 5)[0].Value, twice = trainer.Evaluate(doubled, batchSize: 5)[0].Value;
        EpochRecord epoch = new Trainer(Problem.Model(), new Sgd(0), Losses.SparseCategoricalCrossentropy).Fit(plain, validation: doubled, classWeights: ByClass).Epochs[0];

        Assert.Equal(2 * once, twice, 1e-6);
        Assert.Equal(new Trainer(Problem.Model(), new Sgd(0), Losses.SparseCategoricalCrossentropy).Fit(plain, validation: doubled).Epochs[0]["val_loss"], epoch["val_loss"]);
    }

    [Fact]
    public void Weighted_metrics_count_as_the_loss_does_and_the_others_do_not()
    {
        // Of two examples whose answer is class 0 for both, the first is right and has a weight of 3.
        Sequential model = new([1]) { new Dense(2) { Activation = Activations.Softmax, KernelInitializer = Initializers.Zeros } };
        DataSet data = new(Tensor.From([1f, 1f], [2, 1]), Tensor.From([0, 1]), 2, Tensor.From([3f, 1f]));
        Trainer trainer = new(model, new Sgd(0), Losses.SparseCategoricalCrossentropy) { WeightedMetrics = [new Accuracy()] };

        Assert.Equal(["loss", "accuracy", "weighted_accuracy"], trainer.Evaluate(data).Select(value => value.Key));
        Assert.Equal([0.5, 0.75], trainer.Evaluate(data).Skip(1).Select(value => value.Value));
        Assert.Equal(0.75, trainer.Fit(data, batchSize: 1).Epochs[0]["weighted_accuracy"]);
    }

    // Counts of 1, 3 and 0 among 4 examples and two classes that occur: 4/(2·1) and 4/(2·3).
    [Fact]
    public void Balanced_weights_give_each_class_that_occurs_the_same_sum()
    {
        DataSet data = new(Tensor.Zeros([4, 1]), Tensor.From([1, 0, 1, 1]), classes: 3);

        Assert.Equal(new Dictionary<int, double> { [0] = 2, [1] = 2.0 / 3 }, ClassWeights.Balanced(data));
        Assert.Throws<ArgumentException>(() => ClassWeights.Balanced(new DataSet(Tensor.Zeros([4, 1]), Tensor.Zeros([4, 1]))));
    }

    [Fact]
    public void Classes_and_weights_that_are_none_are_refused_before_training()
    {
        DataSet data = Problem.Points(8, seed: 1);
        Trainer trainer = Problem.Trainer();

        Assert.Equal("ClassWeights: expected classes from 0 to 1, got 2.", Refusal(new() { [2] = 1 }));
        Assert.Equal("ClassWeights: expected finite weights of 0 or more, got -1 for class 0.", Refusal(new() { [0] = -1 }));
        Assert.Empty(trainer.History.Epochs);

        string Refusal(Dictionary<int, double> weights) => Assert.Throws<ArgumentException>(() => trainer.Fit(data, classWeights: weights)).Message.Split(" (Parameter")[0];
    }

    private static Tensor Of(DataSet data, Func<int, double> weight) => Tensor.From([.. data.Targets.ToDoubles().Select(label => (float)weight((int)label))]);
}
