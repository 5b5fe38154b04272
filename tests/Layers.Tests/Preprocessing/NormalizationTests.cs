using Tapestry.Autodiff;
using Tapestry.Tensors;
using Statistics = Tapestry.Layers.Normalization;

namespace Tapestry.Layers.Tests;

/// <summary>Statistics that are taken once: <see cref="Statistics"/>, and standardization of images and batches.</summary>
public class NormalizationTests
{
    // Columns [1, 3] and [10, 30]: means 2 and 20, variances 1 and 100.
    private static readonly Tensor Data = Tensor.From(new double[,] { { 1, 10 }, { 3, 30 } });

    [Fact]
    public void Adapting_gives_mean_0_and_variance_1_by_feature()
    {
        Statistics layer = Built(new Statistics(), [2]);

        layer.Adapt(Data);

        Expect.Near([2, 20], layer.Mean.Value, 1e-15);
        Expect.Near([1, 100], layer.Variance.Value, 1e-13);
        Expect.Near([-1, -1, 1, 1], layer.Forward(Data, Mode.Train).Value, 1e-15);
    }

    [Fact]
    public void The_inverse_undoes_it()
    {
        Statistics layer = Built(new Statistics { Invert = true }, [2]);
        layer.Adapt(Data);

        Expect.Near([1, 10, 3, 30], layer.Forward(Tensor.From(new double[,] { { -1, -1 }, { 1, 1 } }), Mode.Inference).Value, 1e-13);
    }

    // All elements: mean 11, variance (100 + 1 + 64 + 361)/4 = 131.5.
    [Fact]
    public void Without_an_axis_there_is_one_mean_and_one_variance()
    {
        Statistics layer = Built(new Statistics { Axis = null }, [2]);
        layer.Adapt(Data);

        Assert.Equal((11, 131.5), (layer.Mean.Value.ToScalar(), layer.Variance.Value.ToScalar()));
    }

    // Images [2, 2] of two rows: axis 1 keeps the rows. Row 0 has 0, 2, 4, 6 (mean 3, variance 5), row 1 has 1, 1, 1, 1.
    [Fact]
    public void The_kept_axis_may_be_another_and_a_deviation_of_0_divides_by_a_small_number()
    {
        Statistics layer = Built(new Statistics { Axis = 1 }, [2, 2]);
        layer.Adapt(Tensor.From([0.0, 2, 1, 1, 4, 6, 1, 1], [2, 2, 2]));

        Expect.Near([3, 1], layer.Mean.Value, 1e-15);
        Expect.Near([5, 0], layer.Variance.Value, 1e-15);
        Expect.Near([0, 1 / Math.Sqrt(5), 0, 1e7], layer.Forward(Tensor.From([3.0, 4, 1, 2], [1, 2, 2]), Mode.Inference).Value, 1e-8);
    }

    [Fact]
    public void Bytes_are_taken_and_training_changes_nothing()
    {
        Statistics layer = new();
        layer.BuildFor([2], DType.F32, new Rng(0));
        layer.Adapt(Data.Cast(DType.U8));
        Tensor before = layer.Mean.Value.Clone();

        layer.Forward(Data.Cast(DType.F32), Mode.Train);

        Assert.Equal([2, 20], before.ToDoubles());
        Expect.SameBits(before, layer.Mean.Value);
        Assert.Empty(layer.TrainableParameters);
    }

    [Fact]
    public void Data_that_do_not_fit_are_refused()
    {
        string[] messages =
        [
            Assert.Throws<InvalidOperationException>(() => new Statistics().Adapt(Data)).Message,
            Assert.Throws<ArgumentException>(() => Built(new Statistics(), [3]).Adapt(Data)).Message,
            Assert.Throws<ArgumentException>(() => Built(new Statistics(), [2]).Adapt(Tensor.Zeros([0, 2]))).Message,
            Assert.Throws<InvalidOperationException>(() => new Whitening().Adapt(Data)).Message,
            Assert.Throws<ArgumentException>(() => Built(new Whitening(), [3]).Adapt(Data)).Message,
            Assert.Throws<ArgumentException>(() => new Whitening { Epsilon = 0 }).Message,
        ];

        Assert.All(messages, message => Assert.Matches(@"^(Normalization|Whitening)(\(\))?: expected .*, got ", message));
    }

    // (1 - 2)/1 and (10 - 20)/10; as what it would be adapted to gives.
    [Fact]
    public void Given_statistics_are_those_that_it_would_be_adapted_to_and_no_parameters()
    {
        Tensor mean = Tensor.From([2.0, 20]);
        Statistics adapted = Built(new Statistics(), [2]), given = Built(new Statistics(mean, Tensor.From([1.0, 100])), [2]);
        adapted.Adapt(Data);
        mean.CopyFrom(Tensor.From([7.0, 7]));

        Expect.Near([-1, -1, 1, 1], given.Forward(Data, Mode.Train).Value, 1e-15);
        Expect.Near(adapted.Forward(Data, Mode.Train).Value.ToDoubles(), given.Forward(Data, Mode.Inference).Value, 1e-14);
        Assert.Empty(given.Parameters);
        Assert.Equal([2, 20], given.Mean.Value.ToDoubles());
        Assert.Equal([1, 100], given.Variance.Value.ToDoubles());
    }

    // Kept are rows and channels, [2, 3]: one mean for each channel, one variance for each row. Row 0 has (5 - 1)/2, (5 - 2)/2, (5 - 3)/2, row 1 the same over 4.
    [Fact]
    public void Given_statistics_broadcast_along_the_axis()
    {
        Statistics layer = Built(new Statistics(Tensor.From([1.0, 2, 3], [1, 1, 3]), Tensor.From([4.0, 16], [2, 1])) { Axis = [1, 3] }, [2, 1, 3]);

        Assert.Equal([2, 1.5, 1, 1, 0.75, 0.5], layer.Forward(Tensor.Full([1, 2, 1, 3], 5, DType.F64), Mode.Inference).Value.ToDoubles());
    }

    [Fact]
    public void A_given_number_holds_for_every_element_and_the_inverse_undoes_it()
    {
        Statistics layer = Built(new Statistics(1, 4) { Axis = null }, [2]), inverse = Built(new Statistics(1, 4) { Invert = true }, [2]);
        Tensor x = Tensor.From(new double[,] { { 3, 5 } });

        Variable y = layer.Forward(x, Mode.Inference);

        Assert.Equal([1, 2], y.Value.ToDoubles());
        Assert.Equal([3, 5], inverse.Forward(y, Mode.Inference).Value.ToDoubles());
    }

    [Fact]
    public void Given_statistics_that_are_none_are_refused()
    {
        (string Expected, Action Act)[] errors =
        [
            ("Normalization: expected a mean of finite numbers, got NaN.", () => _ = new Statistics(double.NaN, 1)),
            ("Normalization: expected a variance of finite numbers of 0 or more, got -1.", () => _ = new Statistics(Tensor.From([0.0]), Tensor.From([-1.0]))),
            ("Normalization: expected a variance of finite numbers of 0 or more, got Infinity.", () => _ = new Statistics(0, double.PositiveInfinity)),
            ("Normalization(mean: [1, 2, 3], variance: 1): expected a mean that broadcasts to shape [2], got one of shape [3].", () => Built(new Statistics(Tensor.From([1.0, 2, 3]), Tensor.Scalar(1)), [2])),
            ("Normalization(axis: none, mean: 0, variance: [1, 2]): expected a variance that broadcasts to shape [], got one of shape [2].", () => Built(new Statistics(Tensor.Scalar(0), Tensor.From([1.0, 2])) { Axis = null }, [2])),
            ("Normalization(mean: 0, variance: 1, invert: true): expected a layer to adapt, got one whose mean and variance were given. Leave them out.", () => Built(new Statistics(0, 1) { Invert = true }, [2]).Adapt(Data)),
        ];

        Assert.All(errors, error => Assert.StartsWith(error.Expected, Assert.ThrowsAny<Exception>(error.Act).Message, StringComparison.Ordinal));
    }

    // As tf.keras 2.11 writes it of NumPy arrays of shape [2], and of a mean of shape [1, 2].
    [Theory]
    [InlineData("\"axis\": [-1], \"mean\": [2.0, 20.0], \"variance\": [1.0, 100.0]")]
    [InlineData("\"axis\": [-1], \"mean\": [[2.0, 20.0]], \"variance\": [1.0, 100.0], \"invert\": false")]
    public void What_Keras_writes_is_read(string config)
    {
        Layer layer = LayerJson.FromJson(Json(config)).Layers[0];

        Expect.Near([-1, -1, 1, 1], layer.Forward(Data.Cast(DType.F32), Mode.Inference).Value, 1e-6);
    }

    [Theory]
    [InlineData("\"mean\": 1", "Normalization: expected mean and variance, or neither, got one of them.")]
    [InlineData("\"mean\": null, \"variance\": 1", "Normalization: expected mean and variance, or neither, got one of them.")]
    [InlineData("\"mean\": [[1, 2], [3]], \"variance\": 1", "Normalization 'n': expected \"mean\" to be a number, or lists of numbers of one size, got [[1,2],[3]].")]
    [InlineData("\"mean\": [1, [2]], \"variance\": 1", "Normalization 'n': expected \"mean\" to be a number, or lists of numbers of one size, got [1,[2]].")]
    [InlineData("\"mean\": [1, \"2\"], \"variance\": 1", "Normalization 'n': expected \"mean\" to be a number, got \"2\".")]
    [InlineData("\"mean\": [null, 2], \"variance\": 1", "Normalization 'n': expected \"mean\" to be a number, got null.")]
    [InlineData("\"mean\": 1, \"variance\": -1", "Normalization: expected a variance of finite numbers of 0 or more, got -1.")]
    public void What_is_no_statistic_is_refused_in_JSON(string config, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => LayerJson.FromJson(Json(config))).Message, StringComparison.Ordinal);

    // [1, 3]: mean 2, deviation 1. [5, 5] has none: divided by 1/√2 instead, 0 stays 0; [5, 5.2], of deviation 0.1, becomes ±0.1·√2.
    [Fact]
    public void Images_are_standardized_each_by_itself()
    {
        PerImageStandardization layer = Built(new PerImageStandardization(), [2]);

        Expect.Near([-1, 1, 0, 0, -0.1 * Math.Sqrt(2), 0.1 * Math.Sqrt(2)], layer.Forward(Tensor.From(new double[,] { { 1, 3 }, { 5, 5 }, { 5, 5.2 } }), Mode.Inference).Value, 1e-14);
    }

    // 1, 3, 5, 7: mean 4, variance 5.
    [Fact]
    public void Batches_are_standardized_as_a_whole()
    {
        PerBatchStandardization layer = Built(new PerBatchStandardization(), [2]);
        double root = Math.Sqrt(5);

        Expect.Near([-3 / root, -1 / root, 1 / root, 3 / root], layer.Forward(Tensor.From(new double[,] { { 1, 3 }, { 5, 7 } }), Mode.Inference).Value, 1e-15);
        Assert.Equal([0, 0], layer.Forward(Tensor.From(new double[,] { { 2, 2 } }), Mode.Train).Value.ToDoubles());
    }

    private static string Json(string config) =>
        $$"""{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Normalization", "config": {"name": "n", "batch_input_shape": [null, 2], {{config}} } }] } }""";

    private static T Built<T>(T layer, Shape shape)
        where T : Layer
    {
        layer.BuildFor(shape, DType.F64, new Rng(0));
        return layer;
    }
}
