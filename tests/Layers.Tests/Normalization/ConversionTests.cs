using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests.Normalization;

public class ConversionTests
{
    [Fact]
    public void The_weights_of_old_and_new_value_add_up_to_1()
    {
        Assert.Equal(0.1, BatchNormalizationConversion.AlphaOf(0.9), 15);
        Assert.Equal(0.999, BatchNormalizationConversion.MomentumOf(0.001), 15);
        Assert.Throws<ArgumentOutOfRangeException>(() => BatchNormalizationConversion.AlphaOf(1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => BatchNormalizationConversion.MomentumOf(double.NaN));
    }

    // Variance 4 and ε 0.001: √4.001 = 2.000249984 and 1/2.000249984 = 0.499937512.
    [Theory]
    [InlineData(Spread.Variance, 4)]
    [InlineData(Spread.Deviation, 2.000249984)]
    [InlineData(Spread.InverseDeviation, 0.499937512)]
    public void Each_statistic_of_spread_becomes_each_other_and_comes_back(Spread to, double expected)
    {
        double converted = BatchNormalizationConversion.ConvertSpread([4], Spread.Variance, to, 0.001)[0];

        Assert.Equal(expected, converted, 9);
        Assert.Equal(4, BatchNormalizationConversion.ConvertSpread([converted], to, Spread.Variance, 0.001)[0], 12);
    }

    [Fact]
    public void A_statistic_without_counterpart_is_refused()
    {
        // 1/√0.001 is the largest inverse deviation that ε 0.001 allows: 31.6.
        string message = Assert.Throws<ArgumentException>(() => BatchNormalizationConversion.ConvertSpread([40], Spread.InverseDeviation, Spread.Variance, 0.001)).Message;
        Assert.Contains("expected InverseDeviation with a Variance at epsilon 0.001, got 40", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => BatchNormalizationConversion.ConvertSpread([0], Spread.Variance, Spread.InverseDeviation, 0));
        Assert.Throws<ArgumentException>(() => BatchNormalizationConversion.ConvertSpread([-1], Spread.Variance, Spread.Deviation, 2));
        Assert.Throws<ArgumentException>(() => BatchNormalizationConversion.ConvertSpread([double.NaN], Spread.Variance, Spread.Deviation, 1));
    }

    [Fact]
    public void A_variance_of_0_comes_back_through_the_rounding_of_F32()
    {
        double rounded = (float)(1 / Math.Sqrt(1e-3));

        Assert.InRange(BatchNormalizationConversion.ConvertSpread([rounded], Spread.InverseDeviation, Spread.Variance, 1e-3)[0], 0, 1e-9);
        Assert.Equal([0], BatchNormalizationConversion.ConvertSpread([rounded * 1.0000001], Spread.InverseDeviation, Spread.Variance, 1e-3));
    }

    // C2: of rank 4, keeping axis 1 is averaging over 0, 2 and 3.
    [Fact]
    public void Kept_and_reduced_axes_are_each_others_complement()
    {
        Assert.Equal([0, 2, 3], BatchNormalizationConversion.ReducedOf(1, 4));
        Assert.Equal([1], BatchNormalizationConversion.KeptOf([0, 2, 3], 4));
        Assert.Equal([0, 1], BatchNormalizationConversion.ReducedOf(-1, 3));
        Assert.Equal([1, 2], BatchNormalizationConversion.KeptOf(0, 3));
    }

    [Fact]
    public void Each_dialect_lists_its_variables_in_its_order()
    {
        Assert.Equal(["beta", "gamma", "mean", "inv_std"], BatchNormalizationConversion.VariableOrder(BatchNormalizationDialect.Lasagne));
        Assert.Equal(["gamma", "beta", "running_mean", "running_std"], BatchNormalizationConversion.VariableOrder(BatchNormalizationDialect.Keras1));
        Assert.Equal(
            ["bn/beta", "bn/gamma", "bn/mean", "bn/inv_std"],
            BatchNormalizationConversion.Convert(Source(BatchNormalizationDialect.Keras, [3]), BatchNormalizationDialect.Lasagne).Layer.Parameters.Select(parameter => parameter.Name));
    }

    public static TheoryData<string, string> Pairs
    {
        get
        {
            TheoryData<string, string> pairs = [];
            foreach (BatchNormalizationDialect from in BatchNormalizationDialect.All)
            {
                foreach (BatchNormalizationDialect to in BatchNormalizationDialect.All) pairs.Add(from.Name, to.Name);
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Inference_stays_and_the_way_back_loses_only_history(string from, string to)
    {
        BatchNormalization source = Source(Dialect(from), [3]);
        Tensor x = Catalogue.Sample([5, 3], Domain.AwayFromZero, new Rng(8));

        (BatchNormalization there, IReadOnlyList<string> notes) = BatchNormalizationConversion.Convert(source, Dialect(to));
        BatchNormalization back = BatchNormalizationConversion.Convert(there, Dialect(from)).Layer;

        Assert.Equal(to, there.Dialect.Name);
        Assert.Equal(Dialect(to).Stored, there.Stored);
        Assert.Equal((source.Momentum, source.Epsilon, source.Scale), (there.Momentum, there.Epsilon, there.Scale));
        Expect.Close(source.Forward(x, Mode.Inference).Value, there.Forward(x, Mode.Inference).Value, 1e-12, to);
        Assert.Equal(source.GetConfig().ToJsonString(), back.GetConfig().ToJsonString());
        Assert.Equal(source.Parameters.Select(parameter => parameter.ToString()), back.Parameters.Select(parameter => parameter.ToString()));
        foreach ((Parameter a, Parameter b) in source.Parameters.Zip(back.Parameters)) Expect.Close(a.Value, b.Value, 1e-12, a.Name);
        Assert.Equal(Dialect(from).Stored != Dialect(to).Stored, notes.Any(note => note.StartsWith("The history of the averages is lost", StringComparison.Ordinal)));
    }

    // C3: Keras keeps [1, 28, 28] where Lasagne has [28, 28].
    [Fact]
    public void Several_kept_axes_become_reduced_ones_and_lose_their_axes_of_size_1()
    {
        BatchNormalization source = Source(BatchNormalizationDialect.Keras, [2, 3], axis: [1, 2]);
        Tensor x = Catalogue.Sample([4, 2, 3], Domain.AwayFromZero, new Rng(8));

        BatchNormalization there = BatchNormalizationConversion.Convert(source, BatchNormalizationDialect.Lasagne).Layer;
        BatchNormalization back = BatchNormalizationConversion.Convert(there, BatchNormalizationDialect.Keras).Layer;

        Assert.Equal([0], there.Reduce!);
        Assert.Equal(Shape.Of(2, 3), there.MovingMean.Shape);
        Expect.Close(source.Forward(x, Mode.Inference).Value, there.Forward(x, Mode.Inference).Value, 1e-12, "lasagne");
        Assert.Equal([1, 2], back.Axis);
        Assert.Equal(Shape.Of(1, 2, 3), back.MovingMean.Shape);
    }

    [Fact]
    public void What_a_dialect_does_not_have_is_said()
    {
        Says(Source(BatchNormalizationDialect.Keras, [3]), BatchNormalizationDialect.Contrib, "contrib has no gamma unless told otherwise");
        Says(Source(BatchNormalizationDialect.Keras, [3]), BatchNormalizationDialect.Contrib, "Updates wait for RunUpdates()");
        Says(Source(BatchNormalizationDialect.Keras, [3]), BatchNormalizationDialect.Keras1, "A frozen layer's statistics keep moving");
        Says(Source(BatchNormalizationDialect.Keras, [3]), BatchNormalizationDialect.Keras1, "Masked rows enter the statistics");
        Says(Built(new BatchNormalization { Renorm = new Renorm() }, [3]), BatchNormalizationDialect.Lasagne, "Renormalization is lost");
        Says(Built(new BatchNormalization { VirtualBatches = new VirtualBatches(2) }, [3]), BatchNormalizationDialect.Keras1, "Virtual batches are lost");
        Says(Built(new BatchNormalization { Activation = Activations.Elu }, [3]), BatchNormalizationDialect.Tf1, "put a layer behind that applies elu");

        static void Says(BatchNormalization source, BatchNormalizationDialect target, string note) =>
            Assert.Contains(BatchNormalizationConversion.Convert(source, target).Notes, said => said.Contains(note, StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_dialect_cannot_compute_is_refused()
    {
        Refuses(Built(new BatchNormalization(BatchNormalizationDialect.Keras1) { By = NormalizeBy.Sample }, [3]), BatchNormalizationDialect.Keras, "Only keras1 does");
        Refuses(Built(new BatchNormalization { Axis = 1 }, [2, 3]), BatchNormalizationDialect.Contrib, "expected the last axis");
        Refuses(Built(new BatchNormalization { Axis = [1, 2] }, [2, 3]), BatchNormalizationDialect.Keras1, "expected one kept axis");
        Assert.Throws<InvalidOperationException>(() => BatchNormalizationConversion.Convert(new BatchNormalization(), BatchNormalizationDialect.Keras));

        BatchNormalization waiting = Built(new BatchNormalization(BatchNormalizationDialect.Contrib), [3]);
        waiting.Forward(Catalogue.Sample([4, 3], Domain.AwayFromZero, new Rng(8)), Mode.Train);
        Refuses(waiting, BatchNormalizationDialect.Keras, "expected no updates that wait, got 2");

        static void Refuses(BatchNormalization source, BatchNormalizationDialect target, string message) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => BatchNormalizationConversion.Convert(source, target)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Renormalization_goes_along_with_its_own_averages()
    {
        BatchNormalization source = Built(new BatchNormalization { Renorm = new Renorm { MaxR = 3 } }, [3]);

        BatchNormalization there = BatchNormalizationConversion.Convert(source, BatchNormalizationDialect.Tf1).Layer;

        Assert.Equal(7, there.Parameters.Count);
        foreach ((Parameter a, Parameter b) in source.Parameters.Zip(there.Parameters)) Expect.Close(a.Value, b.Value, 1e-12, a.Name);
    }

    [Fact]
    public void A_cumulative_average_goes_along_with_its_count()
    {
        BatchNormalization source = Built(new BatchNormalization { Averaging = Averaging.Cumulative, Renorm = new Renorm() }, [3]);

        BatchNormalization there = BatchNormalizationConversion.Convert(source, BatchNormalizationDialect.Lasagne).Layer;

        Assert.Equal(Averaging.Cumulative, there.Averaging);
        Assert.Equal(["beta", "gamma", "mean", "inv_std", "batches"], there.Parameters.Select(parameter => parameter.Name.Split('/')[1]));
        Expect.SameBits(source.Parameters[^1].Value, there.Parameters[^1].Value);
    }

    private static BatchNormalizationDialect Dialect(string name) => BatchNormalizationDialect.All.Single(dialect => dialect.Name == name);

    private static BatchNormalization Source(BatchNormalizationDialect dialect, Shape inputShape, Axes? axis = null) =>
        Built(new BatchNormalization(dialect) { Name = "bn", Axis = axis ?? dialect.Axis, Momentum = 0.8, Epsilon = 0.01 }, inputShape);

    /// <summary>A layer whose variables are all different from where they start.</summary>
    private static BatchNormalization Built(BatchNormalization layer, Shape inputShape)
    {
        Rng rng = new(4);
        layer.BuildFor(inputShape, DType.F64, rng.Split(0));
        foreach (Parameter parameter in layer.Parameters) parameter.Value.CopyFrom(Catalogue.Sample(parameter.Shape, Domain.Positive, rng));
        return layer;
    }
}
