using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests.Normalization;

/// <summary>The golden numbers of batchnorm.md in which the dialects differ: x is the column 1, 2, 3, 4, with mean 2.5 and biased variance 1.25.</summary>
public class DialectTests
{
    private static readonly Tensor Column = Tensor.From([1.0, 2, 3, 4], [4, 1]);

    // G2: ε is added inside the root and beside it.
    [Fact]
    public void Keras_1_mode_1_normalizes_each_row_with_epsilon_twice()
    {
        BatchNormalization layer = new(BatchNormalizationDialect.Keras1) { By = NormalizeBy.Sample };
        layer.BuildFor([4], DType.F64, new Rng(0));

        Expect.Near([-1.341623420, -0.447207807, 0.447207807, 1.341623420], layer.Forward(Tensor.From([1.0, 2, 3, 4], [1, 4]), Mode.Train).Value);

        BatchNormalization two = new(BatchNormalizationDialect.Keras1) { By = NormalizeBy.Sample };
        two.BuildFor([2], DType.F64, new Rng(0));
        Expect.Near([-0.300604986, 0.300604986], two.Forward(Tensor.From([0.0, 0.002], [1, 2]), Mode.Inference).Value);
        Assert.Equal([0, 0], two.MovingMean.Value.ToDoubles());
    }

    // G3: after one update from 0 and 1.
    [Fact]
    public void One_update_moves_the_statistics_as_each_dialect_says()
    {
        Assert.Equal((0.025, 1.0025), Updated(new BatchNormalization()));
        Assert.Equal((0.025, 1.006666667), Updated(new BatchNormalization { Correction = VarianceCorrection.Bessel }));
        Assert.Equal((0.0025, 1.00025), Updated(new BatchNormalization(BatchNormalizationDialect.Contrib) { Updates = UpdateTiming.Immediate }));
        Assert.Equal((0.25, 0.989439142), Updated(new BatchNormalization(BatchNormalizationDialect.Lasagne)));
        Assert.Equal((0.25, 1.066666667), Updated(new BatchNormalization { Momentum = 0.9, Correction = VarianceCorrection.Bessel }));
        Assert.Equal((0.25, 1.025), Updated(new BatchNormalization { Momentum = 0.9 }));

        static (double, double) Updated(BatchNormalization layer)
        {
            layer.BuildFor([1], DType.F64, new Rng(0));
            layer.Forward(Column, Mode.Train);
            return (Math.Round(layer.MovingMean.Value.ToScalar(), 9), Math.Round(layer.MovingVariance.Value.ToScalar(), 9));
        }
    }

    // G4: batches of variance 1 and 4. The average of inverse deviations is not the inverse deviation of the average, 0.877024288.
    [Fact]
    public void Lasagne_averages_the_inverse_deviation_itself()
    {
        BatchNormalization layer = new(BatchNormalizationDialect.Lasagne);
        layer.BuildFor([1], DType.F64, new Rng(0));

        layer.Forward(Tensor.From([-1.0, 1], [2, 1]), Mode.Train);
        layer.Forward(Tensor.From([-2.0, 2], [2, 1]), Mode.Train);

        Expect.Near([0.949994875], layer.MovingVariance.Value);
    }

    // G9, first step: r = 1.118481113 and d = 2.5 undo the normalization, since the averages are still 0 and 1.
    [Fact]
    public void Renormalization_corrects_towards_its_own_averages()
    {
        BatchNormalization layer = new() { Renorm = new Renorm() };
        layer.BuildFor([1], DType.F64, new Rng(0));

        Expect.Near([1, 2, 3, 4], layer.Forward(Column, Mode.Train).Value);
        Assert.Equal(
            ["gamma", "beta", "moving_mean", "moving_variance", "moving_stddev", "renorm_mean", "renorm_stddev"],
            layer.Parameters.Select(parameter => parameter.Name.Split('/')[1]));
        double[] after = [.. layer.Parameters.Skip(2).Select(parameter => parameter.Value.ToScalar())];
        Expect.Near([0.025, 1.001371026, 1.001184811, 0.025, 1.001184811], Tensor.From(after));

        BatchNormalization clipped = new() { Renorm = new Renorm { MinR = 0.9, MaxR = 1.1, MaxD = 0.5 } };
        clipped.BuildFor([1], DType.F64, new Rng(0));
        Expect.Near([-0.975214897, 0.008261701, 0.991738299, 1.975214897], clipped.Forward(Column, Mode.Train).Value);
    }

    // G10.
    [Theory]
    [InlineData(Grouping.Strided, new[] { -0.999500375, -0.999500375, 0.999500375, 0.999500375 }, 1.0)]
    [InlineData(Grouping.Contiguous, new[] { -0.998005980, 0.998005980, -0.998005980, 0.998005980 }, 0.9925)]
    public void Virtual_batches_are_normalized_apart_and_share_the_moving_statistics(Grouping grouping, double[] expected, double variance)
    {
        BatchNormalization layer = new() { VirtualBatches = new VirtualBatches(2, grouping) };
        layer.BuildFor([1], DType.F64, new Rng(0));

        Expect.Near(expected, layer.Forward(Column, Mode.Train).Value);
        Expect.Near([0.025], layer.MovingMean.Value);
        Expect.Near([variance], layer.MovingVariance.Value);
        Expect.Near([1 - 0.025], layer.Forward(Tensor.From([1.0], [1, 1]), Mode.Inference).Value, 0.01);
    }

    // G11: a = 1.05 and b = 0.1 on x̂, then γ = 2 and β = 0.5.
    [Fact]
    public void Adjustment_scales_and_shifts_before_gamma_and_beta_in_training_alone()
    {
        BatchNormalization layer = new()
        {
            Adjustment = _ => (Tensor.Scalar(1.05, DType.F64), Tensor.Scalar(0.1, DType.F64)),
            GammaInitializer = Initializers.Constant(2),
            BetaInitializer = Initializers.Constant(0.5),
        };
        layer.BuildFor([1], DType.F64, new Rng(0));

        Expect.Near([2 * (1 / Math.Sqrt(1.001)) + 0.5], layer.Forward(Tensor.From([1.0], [1, 1]), Mode.Inference).Value);
        Expect.Near([-2.116319349, -0.238773116, 1.638773116, 3.516319349], layer.Forward(Column, Mode.Train).Value);
    }

    [Fact]
    public void Deferred_updates_wait_in_order_until_they_are_run()
    {
        BatchNormalization deferred = new(BatchNormalizationDialect.Contrib), immediate = new(BatchNormalizationDialect.Contrib) { Updates = UpdateTiming.Immediate };
        deferred.BuildFor([1], DType.F64, new Rng(0));
        immediate.BuildFor([1], DType.F64, new Rng(0));
        foreach (BatchNormalization layer in (BatchNormalization[])[deferred, immediate])
        {
            layer.Forward(Column, Mode.Train);
            layer.Forward(Tensor.From([5.0, 7], [2, 1]), Mode.Train);
        }

        Assert.Equal((0, 4), (deferred.MovingMean.Value.ToScalar(), deferred.PendingUpdates));
        deferred.RunUpdates();

        Assert.Equal(0, deferred.PendingUpdates);
        Expect.SameBits(immediate.MovingMean.Value, deferred.MovingMean.Value);
        Expect.SameBits(immediate.MovingVariance.Value, deferred.MovingVariance.Value);
    }

    [Fact]
    public void Masked_rows_do_not_enter_the_statistics_but_under_Keras_1()
    {
        Tensor padded = Tensor.From([1.0, 2, 3, 4, double.NaN], [5, 1]);
        Mode masked = Mode.Train with { Mask = Tensor.From<byte>([1, 1, 1, 1, 0]) };
        BatchNormalization layer = new(), keras1 = new(BatchNormalizationDialect.Keras1);
        layer.BuildFor([1], DType.F64, new Rng(0));
        keras1.BuildFor([1], DType.F64, new Rng(0));

        Expect.Near([-1.341104452, -0.447034817, 0.447034817, 1.341104452], layer.Forward(padded, masked).Value.Rows(0, 4).Clone());
        Expect.Near([1.0025], layer.MovingVariance.Value);
        Assert.True(double.IsNaN(keras1.Forward(padded, masked).Value[0, 0]));
        Assert.Throws<ArgumentException>(() => layer.Forward(padded, Mode.Train with { Mask = Tensor.From<byte>([0, 0, 0, 0, 0]) }));
    }

    [Fact]
    public void A_layer_of_Keras_1_in_mode_0_refuses_a_second_input_on_a_tape()
    {
        BatchNormalization layer = new(BatchNormalizationDialect.Keras1), shareable = new(BatchNormalizationDialect.Keras1) { By = NormalizeBy.Batch };
        layer.BuildFor([1], DType.F64, new Rng(0));
        shareable.BuildFor([1], DType.F64, new Rng(0));
        Tensor other = Column.Clone();
        using Tape tape = new();

        layer.Forward(tape.Constant(Column), Mode.Train);
        layer.Forward(tape.Constant(Column), Mode.Train);
        Assert.Throws<InvalidOperationException>(() => layer.Forward(tape.Constant(other), Mode.Train));

        shareable.Forward(tape.Constant(Column), Mode.Train);
        shareable.Forward(tape.Constant(other), Mode.Train);
        Assert.Equal(0, shareable.MovingMean.Value.ToScalar());
        using Tape next = new();
        layer.Forward(next.Constant(other), Mode.Train);
    }

    [Fact]
    public void Each_dialect_names_and_orders_its_variables()
    {
        string[] Named(BatchNormalizationDialect dialect, bool scale = true)
        {
            BatchNormalization layer = new(dialect) { Name = "bn", Scale = scale };
            layer.BuildFor([3], DType.F32, new Rng(0));
            return [.. layer.Parameters.Select(parameter => parameter.Name)];
        }

        Assert.Equal(["bn_gamma", "bn_beta", "bn_running_mean", "bn_running_std"], Named(BatchNormalizationDialect.Keras1));
        Assert.Equal(["bn/beta", "bn/moving_mean", "bn/moving_variance"], Named(BatchNormalizationDialect.Contrib, scale: false));
        Assert.Equal(["bn/beta", "bn/gamma", "bn/mean", "bn/inv_std"], Named(BatchNormalizationDialect.Lasagne));
        Assert.Equal(["bn/gamma", "bn/beta", "bn/moving_mean", "bn/moving_variance"], Named(BatchNormalizationDialect.Keras));
    }
}
