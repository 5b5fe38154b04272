using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

/// <summary>
/// What is peculiar to batch normalization. Most numbers are for the column x = [1, 2, 3, 4]: m = 4, μ = 2.5, σ² = (2.25 + 0.25 + 0.25 + 2.25)/4 = 1.25. They were
/// computed apart from this library and are printed with nine decimals.
/// </summary>
public class BatchNormalizationTests
{
    private static Tensor Column => Tensor.From([1.0, 2, 3, 4], [4, 1]);

    // x̂ = (x - 2.5)/√(1.25 + ε); at ε = 0: 1.5/√1.25 = 1.341640786 and 0.5/√1.25 = 0.447213595.
    [Theory]
    [InlineData(0, 1.341640786, 0.447213595)]
    [InlineData(1e-5, 1.341635420, 0.447211807)]
    [InlineData(1e-4, 1.341587124, 0.447195708)]
    [InlineData(1e-3, 1.341104452, 0.447034817)]
    public void Training_normalizes_by_the_batch(double epsilon, double outer, double inner)
    {
        BatchNormalization layer = Built(new BatchNormalization { Epsilon = epsilon });

        Variable y = layer.Forward(Column, Mode.Train);

        Expect.Near([-outer, -inner, inner, outer], y.Value);
    }

    // moving = momentum·start + (1 - momentum)·batch, from 0 and 1: 0.01·2.5 = 0.025 and 0.99 + 0.01·1.25 = 1.0025.
    [Theory]
    [InlineData(0.99, 0.025, 1.0025)]
    [InlineData(0.999, 0.0025, 1.00025)]
    [InlineData(0.9, 0.25, 1.025)]
    [InlineData(0, 2.5, 1.25)]
    [InlineData(1, 0, 1)]
    public void One_training_pass_moves_the_statistics_by_the_biased_ones_of_the_batch(double momentum, double mean, double variance)
    {
        BatchNormalization layer = Built(new BatchNormalization { Momentum = momentum });

        layer.Forward(Column, Mode.Train);

        Expect.Near([mean], layer.MovingMean.Value, 1e-15);
        Expect.Near([variance], layer.MovingVariance.Value, 1e-15);
    }

    // After n passes the mean is 2.5·(1 - momentumⁿ) and the variance 1 + 0.25·(1 - momentumⁿ).
    [Theory]
    [InlineData(0.99, 1.584919147, 1.158491915)]
    [InlineData(0.999, 0.238019632, 1.023801963)]
    [InlineData(0.9, 2.499933597, 1.249993360)]
    public void A_hundred_equal_batches_move_the_statistics_on(double momentum, double mean, double variance)
    {
        BatchNormalization layer = Built(new BatchNormalization { Momentum = momentum });

        for (int i = 0; i < 100; i++) layer.Forward(Column, Mode.Train);

        Expect.Near([mean], layer.MovingMean.Value);
        Expect.Near([variance], layer.MovingVariance.Value);
    }

    // 1 - momentumⁿ ≥ 0.99 from n = ln 0.01/ln momentum on: 43.7, 458.2 and 4602.9.
    [Theory]
    [InlineData(0.9, 44)]
    [InlineData(0.99, 459)]
    [InlineData(0.999, 4603)]
    public void More_nines_take_more_batches_to_come_within_one_percent(double momentum, int batches)
    {
        BatchNormalization layer = Built(new BatchNormalization { Momentum = momentum });

        int count = 0;
        while (layer.MovingMean.Value.ToScalar() < 0.99 * 2.5)
        {
            layer.Forward(Column, Mode.Train);
            count++;
        }

        Assert.Equal(batches, count);
    }

    // dx = γ/√(σ²+ε) · (dy - mean(dy) - x̂·mean(dy·x̂)), dγ = Σdy·x̂, dβ = Σdy.
    // At ε = 0 and dy = [1, 0, 0, 0]: 1/√1.25 · ([1, 0, 0, 0] - 1/4 + x̂·1.341640786/4) = [0.268328157, ...].
    [Theory]
    [InlineData(0, 1, new double[] { 1, 0, 0, 0 }, new[] { 0.268328157, -0.357770876, -0.089442719, 0.178885438 }, -1.341640786, 1)]
    [InlineData(1e-3, 1, new double[] { 1, 0, 0, 0 }, new[] { 0.268542498, -0.357520651, -0.089514166, 0.178492319 }, -1.341104452, 1)]
    [InlineData(1e-3, 2, new double[] { 1, 2, 0, -1 }, new[] { -1.249982247, 1.967524943, -0.179385674, -0.538157022 }, -3.576278539, 2)]
    public void The_training_gradient_passes_through_mean_and_variance(double epsilon, double gamma, double[] dy, double[] dx, double dgamma, double dbeta)
    {
        BatchNormalization layer = Built(new BatchNormalization { Epsilon = epsilon });
        layer.Gamma!.Value.AsSpan<double>().Fill(gamma);
        using Tape tape = new();
        Variable x = tape.Watch(Column);

        Variable loss = Op.Sum(layer.Forward(x, Mode.Train) * Tensor.From(dy, [4, 1]));

        Tensor gradient = tape.Gradient(loss, x).Value;
        Gradients weights = tape.Gradient(loss, layer.TrainableParameters);
        Expect.Near(dx, gradient);
        Expect.Near([dgamma], weights[layer.Gamma]);
        Expect.Near([dbeta], weights[layer.Beta!]);
        Assert.Equal(0, gradient.ToDoubles().Sum(), 1e-15);
    }

    [Fact]
    public void A_constant_upstream_gradient_gives_no_gradient()
    {
        BatchNormalization layer = Built(new BatchNormalization());
        using Tape tape = new();
        Variable x = tape.Watch(Column);

        Tensor gradient = tape.Gradient(Op.Sum(layer.Forward(x, Mode.Train)), x).Value;

        Expect.Near([0, 0, 0, 0], gradient, 1e-15);
    }

    // The upper triangle as printed; a mean that is held constant inside the variance would give 0.308496674 at the corner and rows that do not add up to 0.
    [Fact]
    public void The_Hessian_of_the_first_output_is_symmetric_and_its_rows_add_up_to_0()
    {
        double[,] expected =
        {
            { 0.241495052, -0.187508134, -0.080498351, 0.026511433 },
            { -0.187508134, 0.116168279, -0.026832784, 0.098172639 },
            { -0.080498351, -0.026832784, 0.205503774, -0.098172639 },
            { 0.026511433, 0.098172639, -0.098172639, -0.026511433 },
        };
        BatchNormalization layer = Built(new BatchNormalization());
        using Tape tape = new();
        Variable x = tape.Watch(Column);
        Variable first = Op.Sum(layer.Forward(x, Mode.Train) * Tensor.From([1.0, 0, 0, 0], [4, 1]));
        Variable gradient = tape.Gradient(first, x, record: true);

        for (int row = 0; row < 4; row++)
        {
            Tensor pick = Tensor.Zeros([4, 1], DType.F64);
            pick.AsSpan<double>()[row] = 1;
            double[] second = tape.Gradient(gradient, x, upstream: pick).Value.ToDoubles();

            for (int column = 0; column < 4; column++) Assert.Equal(expected[row, column], second[column], Expect.Printed);
            Assert.Equal(0, second.Sum(), 1e-14);
        }
    }

    // At the start μ = 0, σ² = 1, γ = 1, β = 0: y = x/√1.001 = 0.999500375·x, and so is the derivative.
    [Fact]
    public void The_inference_gradient_scales_and_couples_no_rows()
    {
        BatchNormalization layer = Built(new BatchNormalization());
        using Tape tape = new();
        Variable x = tape.Watch(Column);
        Variable y = layer.Forward(x, Mode.Inference);

        Tensor gradient = tape.Gradient(y, x, upstream: Tensor.From([1.0, 2, 0, -1], [4, 1])).Value;

        Expect.Near([0.999500375, 1.999000749, 0, -0.999500375], gradient);
        Expect.Near([0.999500375, 1.999000749, 2.998501124, 3.998001499], y.Value);
    }

    // In F32 the one-pass E[x²] - E[x]² is 2 at 4096, -8 at 10⁴ and 1024 at 10⁵. Two passes are exact: the means are representable.
    [Theory]
    [InlineData(4096)]
    [InlineData(1e4)]
    [InlineData(1e5)]
    public void An_offset_far_above_the_spread_cancels_nothing_in_F32(double offset)
    {
        BatchNormalization layer = Built(new BatchNormalization { Momentum = 0 }, DType.F32);
        Tensor x = Tensor.From([(float)offset + 1, (float)offset + 2, (float)offset + 3, (float)offset + 4], [4, 1]);

        Variable y = layer.Forward(x, Mode.Train);

        Assert.Equal(1.25, layer.MovingVariance.Value.ToScalar());
        Assert.Equal(offset + 2.5, layer.MovingMean.Value.ToScalar());
        Expect.Near([-1.341104452, -0.447034817, 0.447034817, 1.341104452], y.Value, 1e-6);
    }

    // One row: x - μ = 0 and σ² = 0, so x̂ = 0/√ε and y = β. Dividing by m - 1 would give NaN.
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void A_batch_of_one_gives_beta_and_variance_0(DType dtype)
    {
        BatchNormalization layer = Built(new BatchNormalization { Momentum = 0 }, dtype);
        layer.Beta!.Value.CopyFrom(Tensor.Full([1], 0.25, dtype));
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Full([1, 1], 7, dtype));

        Variable y = layer.Forward(x, Mode.Train);

        Assert.Equal(0.25, y.Value.ToScalar());
        Assert.Equal(0, layer.MovingVariance.Value.ToScalar());
        Assert.Equal(7, layer.MovingMean.Value.ToScalar());
        Assert.Equal(0, tape.Gradient(y, x).Value.ToScalar());
    }

    [Fact]
    public void The_last_axis_of_images_has_28_statistics_over_examples_and_rows()
    {
        BatchNormalization layer = new();
        layer.BuildFor([28, 28], DType.F64, new Rng(0));
        Tensor x = Catalogue.Sample([32, 28, 28], Domain.Any, new Rng(1));

        layer.Forward(x, Mode.Train);

        // 32 · 28 = 896 values stand behind each statistic: every 28th, from the column on.
        Assert.All(layer.Parameters, parameter => Assert.Equal([28], parameter.Shape));
        Assert.Equal(112, Summary.Count(layer.Parameters));
        double[] column = [.. x.ToDoubles().Where((_, i) => i % 28 == 3)];
        Assert.Equal(896, column.Length);
        double mean = column.Average();
        Assert.Equal(0.01 * mean, layer.MovingMean.Value[3], 1e-15);
        Assert.Equal(0.99 + (0.01 * column.Average(value => (value - mean) * (value - mean))), layer.MovingVariance.Value[3], 1e-15);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Two_kept_axes_treat_each_pixel_alone_and_equal_flattening_bit_for_bit(DType dtype)
    {
        BatchNormalization pixels = new() { Axis = [1, 2] };
        pixels.BuildFor([5, 7], dtype, new Rng(0));
        BatchNormalization flat = new();
        flat.BuildFor([35], dtype, new Rng(0));
        Tensor x = Catalogue.Sample([6, 5, 7], Domain.Any, new Rng(1)).Cast(dtype);

        foreach (Mode mode in (Mode[])[Mode.Train, Mode.Inference])
        {
            Expect.SameBits(flat.Forward(x.Reshape(6, 35), mode).Value, pixels.Forward(x, mode).Value.Reshape(6, 35));
        }

        Assert.All(pixels.Parameters, parameter => Assert.Equal([1, 5, 7], parameter.Shape));
        Expect.SameBits(flat.MovingMean.Value, pixels.MovingMean.Value.Reshape(35));
        Expect.SameBits(flat.MovingVariance.Value, pixels.MovingVariance.Value.Reshape(35));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Channels_first_and_channels_last_agree_after_transposing(bool training)
    {
        BatchNormalization first = new() { Axis = 1 };
        first.BuildFor([3, 4, 5], DType.F64, new Rng(0));
        BatchNormalization last = new();
        last.BuildFor([4, 5, 3], DType.F64, new Rng(0));
        Tensor x = Catalogue.Sample([2, 3, 4, 5], Domain.Any, new Rng(1));
        Mode mode = training ? Mode.Train : Mode.Inference;

        Variable expected = Op.Permute(first.Forward(x, mode), [0, 2, 3, 1]);
        Variable actual = last.Forward(Op.Permute(x, [0, 2, 3, 1]), mode);

        Expect.Near(expected.Value.ToDoubles(), actual.Value, 1e-14);
        Expect.Near(first.MovingVariance.Value.ToDoubles(), last.MovingVariance.Value, 1e-15);
    }

    [Fact]
    public void In_inference_a_row_is_independent_of_its_batch_mates_and_in_training_it_is_not()
    {
        BatchNormalization layer = Built(new BatchNormalization());
        Tensor others = Tensor.From([1.0, 20, 30, 40], [4, 1]);

        Assert.Equal(layer.Forward(Column, Mode.Inference).Value[0, 0], layer.Forward(others, Mode.Inference).Value[0, 0]);
        Assert.NotEqual(layer.Forward(Column, Mode.Train).Value[0, 0], layer.Forward(others, Mode.Train).Value[0, 0], 0.01);
    }

    [Fact]
    public void After_training_inference_uses_the_moving_statistics()
    {
        BatchNormalization layer = Built(new BatchNormalization { Momentum = 0, Epsilon = 0 });
        layer.Forward(Column, Mode.Train);

        // μ = 2.5 and σ² = 1.25 are what moved: (5 - 2.5)/√1.25 = 2.236067977.
        Expect.Near([2.236067977], layer.Forward(Tensor.From([5.0], [1, 1]), Mode.Inference).Value);
    }

    // At the start inference is the identity but for ε, while training takes the mean out.
    [Theory]
    [InlineData(null, true, true)]
    [InlineData(null, false, false)]
    [InlineData(true, false, true)]
    [InlineData(true, true, true)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    public void The_layers_own_training_flag_overrides_the_mode(bool? own, bool mode, bool expected)
    {
        BatchNormalization layer = Built(new BatchNormalization { Training = own });

        Variable y = layer.Forward(Column, mode ? Mode.Train : Mode.Inference);

        Assert.Equal(expected ? -1.341104452 : 0.999500375, y.Value[0, 0], Expect.Printed);
        Assert.Equal(expected ? 0.025 : 0, layer.MovingMean.Value.ToScalar(), 1e-15);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(true)]
    public void A_layer_that_is_not_trainable_runs_in_inference_mode_and_keeps_its_statistics(bool? training)
    {
        BatchNormalization layer = Built(new BatchNormalization { Trainable = false, Training = training });

        Variable y = layer.Forward(Column, Mode.Train);

        Assert.Equal(0.999500375, y.Value[0, 0], Expect.Printed);
        Assert.Equal(0, layer.MovingMean.Value.ToScalar());
        Assert.Equal(1, layer.MovingVariance.Value.ToScalar());
    }

    [Fact]
    public void Statistics_are_never_trainable()
    {
        BatchNormalization layer = Built(new BatchNormalization());

        layer.Trainable = false;
        layer.Trainable = true;
        layer.MovingMean.Trainable = true;

        Assert.Equal([layer.Gamma!, layer.Beta!], layer.TrainableParameters);
        Assert.Equal([layer.MovingMean, layer.MovingVariance], layer.NonTrainableParameters);
    }

    // The four combinations of "normalize by the batch" and "update".
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void What_normalizes_and_whether_statistics_move_are_decided_apart(bool use, bool update)
    {
        BatchNormalization layer = Built(new BatchNormalization());

        Variable y = layer.Forward(Column, new Mode { UseBatchStatistics = use, UpdateStatistics = update });

        Assert.Equal(use ? -1.341104452 : 0.999500375, y.Value[0, 0], Expect.Printed);
        Assert.Equal(update ? 0.025 : 0, layer.MovingMean.Value.ToScalar(), 1e-15);
    }

    [Theory]
    [InlineData(true, true, new[] { "gamma", "beta", "moving_mean", "moving_variance" })]
    [InlineData(false, true, new[] { "gamma", "moving_mean", "moving_variance" })]
    [InlineData(true, false, new[] { "beta", "moving_mean", "moving_variance" })]
    [InlineData(false, false, new[] { "moving_mean", "moving_variance" })]
    public void Center_and_scale_can_be_left_off(bool center, bool scale, string[] parameters)
    {
        BatchNormalization layer = Built(new BatchNormalization { Center = center, Scale = scale });
        layer.Gamma?.Value.AsSpan<double>().Fill(2);
        layer.Beta?.Value.AsSpan<double>().Fill(0.5);

        double y = layer.Forward(Column, Mode.Train).Value[0, 0];

        Assert.Equal(parameters.Select(local => $"batch_normalization/{local}"), layer.Parameters.Select(parameter => parameter.Name));
        Assert.Equal((-1.341104452 * (scale ? 2 : 1)) + (center ? 0.5 : 0), y, 2 * Expect.Printed);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_momentum_outside_0_to_1_is_refused(double momentum)
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => new BatchNormalization { Momentum = momentum });
        Assert.StartsWith("BatchNormalization: expected Momentum to be a number from 0 to 1, got ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1e-3)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    public void An_epsilon_that_is_negative_or_not_finite_is_refused(double epsilon)
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => new BatchNormalization { Epsilon = epsilon });
        Assert.StartsWith("BatchNormalization: expected Epsilon to be a finite number of 0 or more, got ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_are_those_of_Keras()
    {
        BatchNormalization layer = new();

        Assert.Equal([-1], layer.Axis);
        Assert.Equal(0.99, layer.Momentum);
        Assert.Equal(1e-3, layer.Epsilon);
        Assert.True(layer.Center);
        Assert.True(layer.Scale);
        Assert.Null(layer.Training);
    }

    [Theory]
    [InlineData(2, 4, 3)]
    [InlineData(3, 2, 3)]
    public void Axes_in_any_order_and_sign_name_the_same_statistics(int height, int width, int channels)
    {
        BatchNormalization ordered = new() { Axis = [1, 3] };
        ordered.BuildFor([height, width, channels], DType.F64, new Rng(0));
        BatchNormalization mixed = new() { Axis = [-1, 1] };
        mixed.BuildFor([height, width, channels], DType.F64, new Rng(0));
        Tensor x = Catalogue.Sample([2, height, width, channels], Domain.Any, new Rng(4));

        Expect.SameBits(ordered.Forward(x, Mode.Train).Value, mixed.Forward(x, Mode.Train).Value);
        Assert.Equal([1, height, 1, channels], ordered.MovingMean.Shape);
    }

    private static BatchNormalization Built(BatchNormalization layer, DType dtype = DType.F64)
    {
        layer.BuildFor([1], dtype, new Rng(0));
        return layer;
    }
}
