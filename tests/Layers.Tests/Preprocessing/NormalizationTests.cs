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

    private static T Built<T>(T layer, Shape shape)
        where T : Layer
    {
        layer.BuildFor(shape, DType.F64, new Rng(0));
        return layer;
    }
}
