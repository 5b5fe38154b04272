using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests.Normalization;

/// <summary>Low counts, constant features, masks that leave little: finite numbers or an error that says what is wrong, never a silent NaN.</summary>
public class RobustnessTests
{
    [Fact]
    public void A_constant_feature_gives_beta_and_finite_gradients_in_every_dialect()
    {
        foreach (BatchNormalizationDialect dialect in BatchNormalizationDialect.All)
        {
            BatchNormalization layer = new(dialect) { BetaInitializer = Initializers.Constant(0.25) };
            layer.BuildFor([2], DType.F32, new Rng(0));
            using Tape tape = new();
            Variable x = tape.Watch(Tensor.Full([5, 2], 1e6));

            Variable y = layer.Forward(x, Mode.Train);

            Assert.All(y.Value.ToDoubles(), value => Assert.Equal(0.25, value));
            Assert.All(tape.Gradient(Op.Sum(y), x).Value.ToDoubles(), value => Assert.InRange(value, -1e-4, 1e-4));
            layer.RunUpdates();
            Assert.All(layer.Parameters, parameter => Assert.All(parameter.Value.ToDoubles(), value => Assert.True(double.IsFinite(value))));
        }
    }

    [Theory]
    [InlineData(NormalizeBy.Mode)]
    [InlineData(NormalizeBy.Batch)]
    [InlineData(NormalizeBy.Sample)]
    public void A_constant_feature_without_epsilon_is_refused_rather_than_divided_by_0(NormalizeBy by)
    {
        BatchNormalization layer = Built(new BatchNormalization { Epsilon = 0, By = by }, 2);

        ArgumentException error = Assert.Throws<ArgumentException>(() => layer.Forward(Tensor.Full([3, 2], 7, DType.F64), Mode.Train));

        Assert.Contains("expected values that differ where epsilon is 0", error.Message, StringComparison.Ordinal);
        Assert.Equal([0, 0], layer.MovingMean.Value.ToDoubles());
    }

    [Fact]
    public void A_batch_of_one_is_finite_and_under_Bessels_correction_refused_before_anything_moves()
    {
        Tensor one = Tensor.From([7.0], [1, 1]);
        BatchNormalization biased = Built(new BatchNormalization()), bessel = Built(new BatchNormalization { Correction = VarianceCorrection.Bessel });

        Assert.Equal(0, biased.Forward(one, Mode.Train).Value.ToScalar());
        Expect.Near([0.99], biased.MovingVariance.Value, 1e-15);
        ArgumentException error = Assert.Throws<ArgumentException>(() => bessel.Forward(one, Mode.Train));

        Assert.Contains("expected at least two values for Bessel's correction, got one", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, bessel.MovingMean.Value.ToScalar());
    }

    // Rows 1 and 3 of 1, 3, 100, 100: mean 2, variance 1. One row alone: variance 0.
    [Fact]
    public void Masks_that_leave_two_rows_one_or_none_give_their_statistics_or_an_error()
    {
        Tensor x = Tensor.From([1.0, 3, 100, 100], [4, 1]);
        BatchNormalization layer = Built(new BatchNormalization { Momentum = 0 });

        Assert.Equal(-1 / Math.Sqrt(1.001), layer.Forward(x, Masked(1, 1, 0, 0)).Value[0, 0], 1e-15);
        Expect.Near([2], layer.MovingMean.Value, 1e-15);
        Expect.Near([1], layer.MovingVariance.Value, 1e-15);

        Tensor alone = layer.Forward(x, Masked(0, 1, 0, 0)).Value;
        Assert.Equal(0, alone[1, 0]);
        Assert.All(alone.ToDoubles(), value => Assert.True(double.IsFinite(value)));

        foreach (bool update in (bool[])[true, false])
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => layer.Forward(x, Masked(0, 0, 0, 0) with { UpdateStatistics = update }));
            Assert.Contains("expected at least one example to take statistics of, got none. Is everything masked?", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(3, layer.MovingMean.Value.ToScalar());
    }

    [Fact]
    public void A_layer_that_normalizes_by_batch_refuses_a_mask_that_leaves_nothing()
    {
        BatchNormalization layer = Built(new BatchNormalization { By = NormalizeBy.Batch });

        Assert.Throws<ArgumentException>(() => layer.Forward(Tensor.From([1.0, 3], [2, 1]), Masked(0, 0)));
    }

    // Strided groups {1, 5} and {3, 9}: the second is masked away.
    [Fact]
    public void A_virtual_batch_that_is_masked_whole_is_an_error()
    {
        BatchNormalization layer = Built(new BatchNormalization { VirtualBatches = new VirtualBatches(2) });

        Assert.Throws<ArgumentException>(() => layer.Forward(Tensor.From([1.0, 3, 5, 9], [4, 1]), Masked(1, 0, 1, 0)));
    }

    // Groups of three, one row of the second masked: the counts are 3 and 2.
    [Fact]
    public void Bessels_correction_counts_each_virtual_batch_on_its_own()
    {
        BatchNormalization layer = Built(new BatchNormalization { Momentum = 0, Correction = VarianceCorrection.Bessel, VirtualBatches = new VirtualBatches(3, Grouping.Contiguous) });

        layer.Forward(Tensor.From([1.0, 2, 3, 4, 8, 100], [6, 1]), Masked(1, 1, 1, 1, 1, 0));

        // {1, 2, 3}: 2/2 = 1. {4, 8}: 8/1 = 8. Their mean is 4.5.
        Expect.Near([4.5], layer.MovingVariance.Value, 1e-14);
    }

    // [N, T]: a mask of steps. Of the four values of the feature 1, 3 and 5 count: mean 3.
    [Fact]
    public void A_mask_of_two_axes_leaves_out_single_steps()
    {
        BatchNormalization layer = new() { Momentum = 0 };
        layer.BuildFor([2, 1], DType.F64, new Rng(0));

        layer.Forward(Tensor.From([1.0, 3, 5, 99], [2, 2, 1]), Mode.Train with { Mask = Tensor.From<byte>([1, 1, 1, 0], [2, 2]) });

        Expect.Near([3], layer.MovingMean.Value, 1e-15);
    }

    [Fact]
    public void A_mask_of_another_size_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Built(new BatchNormalization()).Forward(Tensor.From([1.0, 3], [2, 1]), Masked(1, 1, 1)));

        Assert.Contains("expected a mask of the input's leading axes [2, 1], got [3]", error.Message, StringComparison.Ordinal);
    }

    // The one-pass E[x²] - E[x]², or a shift by the moving mean that is still 0, gives -8 at 10⁴ in F32; two passes are exact, masked or grouped too.
    [Fact]
    public void An_offset_far_above_the_spread_cancels_nothing_masked_or_in_virtual_batches()
    {
        Tensor x = Tensor.From([10001f, 10002f, 10003f, 10004f], [4, 1]);
        foreach ((BatchNormalization layer, Mode mode, double variance) in ((BatchNormalization, Mode, double)[])[
            (new BatchNormalization { Momentum = 0 }, Masked(1, 1, 1, 1), 1.25),
            (new BatchNormalization { Momentum = 0, VirtualBatches = new VirtualBatches(2) }, Mode.Train, 1),
            (new BatchNormalization(BatchNormalizationDialect.Contrib) { Momentum = 0, Updates = UpdateTiming.Immediate }, Mode.Train, 1.25)])
        {
            layer.BuildFor([1], DType.F32, new Rng(0));

            layer.Forward(x, mode);

            Assert.Equal(variance, layer.MovingVariance.Value.ToScalar());
        }
    }

    [Fact]
    public void Renormalization_with_a_stored_inverse_deviation_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Built(new BatchNormalization(BatchNormalizationDialect.Lasagne) { Renorm = new Renorm() }));

        Assert.Contains("expected the variance stored under renormalization, got InverseDeviation", error.Message, StringComparison.Ordinal);
    }

    private static Mode Masked(params byte[] mask) => Mode.Train with { Mask = Tensor.From(mask) };

    private static BatchNormalization Built(BatchNormalization layer, int features = 1)
    {
        layer.BuildFor([features], DType.F64, new Rng(0));
        return layer;
    }
}
