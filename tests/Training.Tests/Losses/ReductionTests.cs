using Tapestry.Autodiff;
using Tapestry.Optimizers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

public class ReductionTests
{
    // Squared errors of the rows: (1 + 9)/2 = 5 and (4 + 0)/2 = 2.
    private static readonly Tensor Targets = Tensor.From(new double[,] { { 0, 0 }, { 1, 1 } });
    private static readonly Tensor Predictions = Tensor.From(new double[,] { { 1, 3 }, { 3, 1 } });
    private static readonly Tensor Weights = Tensor.From([0.5, 4.0]);

    // 5·0.5 = 2.5 and 2·4 = 8: divided by 2 rows and not by the weights' sum of 4.5.
    [Fact]
    public void A_mean_is_over_the_batch_whatever_the_weights_are()
    {
        Assert.Equal(3.5, new MeanSquaredError().Compute(Targets, Predictions).Value.ToScalar());
        Assert.Equal(5.25, new MeanSquaredError().Compute(Targets, Predictions, Weights).Value.ToScalar());
        Assert.Equal(7, new MeanSquaredError { Reduction = Reduction.Sum }.Compute(Targets, Predictions).Value.ToScalar());
        Assert.Equal(10.5, new MeanSquaredError { Reduction = Reduction.Sum }.Compute(Targets, Predictions, Weights).Value.ToScalar());
        Assert.Equal([5, 2], new MeanSquaredError { Reduction = Reduction.None }.Compute(Targets, Predictions).Value.ToDoubles());
        Assert.Equal([2.5, 8], new MeanSquaredError { Reduction = Reduction.None }.Compute(Targets, Predictions, Weights).Value.ToDoubles());
    }

    [Fact]
    public void The_fused_crossentropy_reduces_as_its_examples_do()
    {
        Variable y = Op.Softmax(Tensor.From(new double[,] { { 1, 2, 3 }, { 0, -1, 5 } }));
        Tensor labels = Tensor.From([0, 2]);
        double[] examples = new SparseCategoricalCrossentropy().PerExample(labels, y).Value.ToDoubles();

        Assert.Equal((examples[0] + examples[1]) / 2, Losses.SparseCategoricalCrossentropy(labels, y).Value.ToScalar(), 1e-14);
        Assert.Equal(((0.5 * examples[0]) + (4 * examples[1])) / 2, new SparseCategoricalCrossentropy().Compute(labels, y, Weights).Value.ToScalar(), 1e-14);
        Assert.Equal(examples[0] + examples[1], new SparseCategoricalCrossentropy { Reduction = Reduction.Sum }.Compute(labels, y).Value.ToScalar(), 1e-14);
    }

    // [2, 2, 1]: two places to an example, each with a loss; the example's weight counts for both.
    [Fact]
    public void Weights_go_along_the_first_axis()
    {
        Tensor t = Targets.Reshape(2, 2, 1), y = Predictions.Reshape(2, 2, 1);

        Assert.Equal([0.5, 4.5, 16, 0], new MeanSquaredError { Reduction = Reduction.None }.Compute(t, y, Weights).Value.ToDoubles());
        Assert.Equal([1, 0, 0, 0], new MeanSquaredError { Reduction = Reduction.None }.Compute(t, y, Tensor.From(new double[,] { { 1, 0 }, { 0, 9 } })).Value.ToDoubles());
    }

    [Fact]
    public void Columns_and_vectors_are_one_and_labels_are_numbers_to_binary_losses()
    {
        Tensor column = Tensor.From([0.25, 0.5], [2, 1]), labels = Tensor.From([1, 0]);

        Assert.Equal((0.0625 + 0.25) / 2, Losses.MeanSquaredError(Tensor.From([0.0, 1.0]), column).Value.ToScalar());
        Assert.Equal((-Math.Log(0.25) - Math.Log(0.5)) / 2, Losses.BinaryCrossentropy(labels, column).Value.ToScalar(), 1e-14);
        Assert.Equal(1.125, Losses.Hinge(labels, column).Value.ToScalar());
        Assert.Equal(1.125, Losses.Hinge(Tensor.From([1.0, -1.0]), column).Value.ToScalar());
    }

    // 10 away from 0: e¹⁰⁰⁰ would overflow, ln cosh 1000 = 1000 - ln 2 to the last digit.
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Far_away_nothing_overflows_and_no_slope_vanishes(DType dtype)
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1000.0, -1000]).Cast(dtype));

        Variable cosh = Losses.LogCosh(Tensor.Zeros([2], dtype), x), binary = Losses.BinaryCrossentropy(Tensor.From([0, 1]), Op.Sigmoid(x));

        Assert.Equal(999.306852819, cosh.Value.ToScalar(), 1e-4);
        Assert.Equal([0.5, -0.5], tape.Gradient(cosh, x).Value.ToDoubles());
        Assert.Equal(1000, binary.Value.ToScalar());
        Assert.Equal([0.5, -0.5], tape.Gradient(binary, x).Value.ToDoubles());
    }

    [Fact]
    public void A_function_of_ones_own_gives_one_number_or_one_for_each_example()
    {
        LossFunction whole = (t, y) => Op.Mean(Op.Square(y - t)), each = (t, y) => Op.Mean(Op.Square(y - t), axes: -1);

        Assert.Equal(3.5, Loss.From(whole).Compute(Targets, Predictions).Value.ToScalar());
        Assert.Equal(3.5, Loss.From(each).Compute(Targets, Predictions).Value.ToScalar());
        Assert.Equal(5.25, Loss.From(each).Compute(Targets, Predictions, Weights).Value.ToScalar());
        Assert.IsType<Huber>(Loss.From(Losses.Huber));
        Huber own = new() { Delta = 2 };
        Assert.Same(own, Loss.From(own.Compute));
        Assert.IsNotType<Huber>(Loss.From(own.PerExample));
    }

    [Fact]
    public Task Texts_of_errors_say_what_was_expected_and_what_came()
    {
        LossFunction whole = (t, y) => Op.Mean(y);
        Variable y = Predictions;
        (string Cause, Action Act)[] errors =
        [
            ("weights of a function that gives one number", () => Loss.From(whole).Compute(Targets, y, Weights)),
            ("too many weights", () => new Huber { Delta = 2 }.Compute(Targets, y, Tensor.From([1.0, 2, 3]))),
            ("weights in two axes", () => new SparseCategoricalCrossentropy().Compute(Tensor.From([0, 1]), y, Tensor.Ones([2, 1], DType.F64))),
            ("a smoothing above 1", () => _ = new BinaryCrossentropy { LabelSmoothing = 1.5 }),
            ("a delta of 0", () => _ = new Huber { Delta = 0 }),
            ("a gamma that is no number", () => _ = new CategoricalFocalCrossentropy { Gamma = double.NaN }),
            ("an axis that is the batch's", () => new CosineSimilarity { Axis = 0 }.Compute(Targets, y)),
            ("labels of a regression", () => Losses.MeanAbsoluteError(Tensor.From([1, 0]), y)),
            ("labels of another count", () => Losses.BinaryCrossentropy(Tensor.From([1, 0, 1]), y)),
            ("a scalar", () => Losses.KLDivergence(Tensor.Scalar(1, DType.F64), Tensor.Scalar(1, DType.F64))),
            ("a trainer of a loss that is not reduced", () => _ = new Trainer(Problem.Model(), new Sgd(), new Huber { Reduction = Reduction.None })),
            ("two metrics of one name", () => _ = new Trainer(Problem.Model(), new Sgd(), Losses.Huber) { Metrics = [new Auc(), new Auc { Curve = Curve.Pr }] }),
        ];

        return Verifier.Verify(string.Join('\n', errors.Select(error => $"{error.Cause}\n    {Assert.ThrowsAny<ArgumentException>(error.Act).Message.Split(" (Parameter")[0]}")));
    }
}
