using Tapestry.Data;
using Tapestry.Layers;
using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

/// <summary>The paper's Algorithm 2, lines 7 to 10.</summary>
public class PopulationStatisticsTests
{
    /// <summary>G12: the batches 1, 2, 3, 4 and 2, 4, 6, 8, of means 2.5 and 5, and of biased variances 1.25 and 5.</summary>
    private static readonly DataSet Golden = Data([1, 2, 3, 4, 2, 4, 6, 8], 8, 1);

    // Mean (2.5 + 5)/2 = 3.75; variance 4/3·(1.25 + 5)/2 = 4.166666667.
    [Fact]
    public void The_mean_is_that_of_the_batches_means_and_the_variance_has_m_over_m_minus_1()
    {
        Sequential model = new([1], dtype: DType.F64) { new BatchNormalization() };

        PopulationStatistics.Estimate(model, Golden, batchSize: 4);

        Expect.Near([3.75], Only(model).MovingMean.Value);
        Expect.Near([4.166666667], Only(model).MovingVariance.Value);
        Assert.Equal([1], Only(model).Gamma!.Value.ToDoubles());
    }

    // 1/√(4.166666667 + 0.0001) = 0.489892071.
    [Fact]
    public void A_layer_that_stores_inverse_deviations_gets_one()
    {
        Sequential model = new([1], dtype: DType.F64) { new BatchNormalization(BatchNormalizationDialect.Lasagne) };

        PopulationStatistics.Estimate(model, Golden, batchSize: 4);

        Expect.Near([3.75], Only(model).MovingMean.Value);
        Expect.Near([1 / Math.Sqrt((25.0 / 6) + 1e-4)], Only(model).MovingVariance.Value, 1e-12);
    }

    // A ninth example is behind the last whole batch.
    [Fact]
    public void Only_whole_batches_count()
    {
        Sequential model = new([1], dtype: DType.F64) { new BatchNormalization() };

        PopulationStatistics.Estimate(model, Data([1, 2, 3, 4, 2, 4, 6, 8, 100], 9, 1), batchSize: 4);

        Expect.Near([3.75], Only(model).MovingMean.Value);
    }

    // The second layer's input is the first's output in inference: (x - 3.75)/√(25/6 + 0.001). Of two batches of means 2.5 and 5 that has the mean 0, and the variance
    // 25/6 over 25/6 + 0.001. Were the first layer still at mean 0 and variance 1, it would be 3.75/√1.001 and more than 4.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_layer_sees_the_ones_before_it_at_their_own_population_statistics(bool isNested)
    {
        BatchNormalization second = new();
        Sequential model = isNested
            ? new([1], dtype: DType.F64) { new Sequential(dtype: DType.F64) { new BatchNormalization() }, new Sequential(dtype: DType.F64) { new Flatten(), second } }
            : new([1], dtype: DType.F64) { new BatchNormalization(), second };

        PopulationStatistics.Estimate(model, Golden, batchSize: 4);

        Expect.Near([0], second.MovingMean.Value);
        Expect.Near([25.0 / 6 / ((25.0 / 6) + 1e-3)], second.MovingVariance.Value);
    }

    // One example of four rows is a batch of m = 4: the numbers of G12 again.
    [Fact]
    public void All_averaged_axes_count_and_a_batch_of_one_example_can_do()
    {
        Sequential model = new([4, 1], dtype: DType.F64) { new BatchNormalization() };

        PopulationStatistics.Estimate(model, new DataSet(Tensor.From([1.0, 2, 3, 4, 2, 4, 6, 8], [2, 4, 1]), Tensor.From([0, 0])), batchSize: 1);

        Expect.Near([3.75], Only(model).MovingMean.Value);
        Expect.Near([4.166666667], Only(model).MovingVariance.Value);
    }

    [Fact]
    public void Pixels_kept_one_by_one_have_statistics_of_their_own()
    {
        Sequential model = new([2, 1], dtype: DType.F64) { new BatchNormalization { Axis = [1, 2] } };

        PopulationStatistics.Estimate(model, new DataSet(Tensor.From([1.0, 2, 3, 4, 2, 4, 6, 8], [4, 2, 1]), Tensor.From([0, 0, 0, 0])), batchSize: 2);

        // Rows (1, 2), (3, 4) and (2, 4), (6, 8): means 2, 3 and 4, 6; variances 1, 1 and 4, 4.
        Expect.Near([3, 4.5], Only(model).MovingMean.Value);
        Expect.Near([5, 5], Only(model).MovingVariance.Value);
    }

    [Fact]
    public void Renormalizations_averages_start_from_them_too()
    {
        Sequential model = new([1], dtype: DType.F64) { new BatchNormalization { Renorm = new Renorm() } };

        PopulationStatistics.Estimate(model, Golden, batchSize: 4);

        double deviation = Math.Sqrt((25.0 / 6) + 1e-3);
        Assert.Equal(["gamma", "beta", "moving_mean", "moving_variance", "moving_stddev", "renorm_mean", "renorm_stddev"], model.Parameters.Select(parameter => parameter.Name.Split('/')[1]));
        Assert.Equal([1, 0, 3.75, 25.0 / 6, deviation, 3.75, deviation], model.Parameters.Select(parameter => parameter.Value.ToScalar()), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void What_gives_no_statistics_is_refused_before_anything_is_written()
    {
        Refuses([new Flatten()], Golden, 4, "expected a model with batch normalization");
        Refuses([new BatchNormalization()], Golden, 1, "expected at least two values for each statistic of a batch, got one in 'batch_normalization'");
        Refuses([new BatchNormalization()], Golden, 9, "got batches of 9 and 8 examples");
        Refuses([new BatchNormalization()], Golden, 0, "got batches of 0 and 8 examples");
        Refuses([new BatchNormalization()], Data([1, 2, 3, 4], 2, 2), 2, "expected examples of shape [1]");
        Refuses([new BatchNormalization(), new BatchNormalization(BatchNormalizationDialect.Keras1) { By = NormalizeBy.Batch }], Golden, 4, "which never uses any");
        Refuses([new BatchNormalization(), new BatchNormalization { Training = true }], Golden, 4, "where Training is true");
        Assert.Throws<InvalidOperationException>(() => PopulationStatistics.Estimate(new Sequential { new BatchNormalization() }, Golden, 4));

        static void Refuses(Layer[] layers, DataSet data, int batchSize, string message)
        {
            Sequential model = new([1], dtype: DType.F64);
            foreach (Layer layer in layers) model.Add(layer);
            double[] before = Numbers(model);

            ArgumentException error = Assert.Throws<ArgumentException>(() => PopulationStatistics.Estimate(model, data, batchSize));

            Assert.Contains(message, error.Message, StringComparison.Ordinal);
            Assert.Equal(before, Numbers(model));
        }
    }

    private static double[] Numbers(Sequential model) => [.. model.Parameters.SelectMany(parameter => parameter.Value.ToDoubles())];

    private static BatchNormalization Only(Sequential model) => model.Layers.OfType<BatchNormalization>().Single();

    private static DataSet Data(double[] features, int rows, int columns) => new(Tensor.From(features, [rows, columns]), Tensor.From(new int[rows]));
}
