using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests.Normalization;

/// <summary>The post and TensorFlow's contrib <c>batch_norm</c>, rows B2 to B20 of batchnorm.md.</summary>
public class ContribTests
{
    private static readonly Tensor Column = Tensor.From([1.0, 2, 3, 4], [4, 1]);

    // The mean of two batches' statistics: (2.5 + 5)/2 and (1.25 + 5)/2, or with m/(m-1) = 4/3: 4.1666...; that is line 10 of Algorithm 2.
    [Theory]
    [InlineData(VarianceCorrection.Biased, 3.125)]
    [InlineData(VarianceCorrection.Bessel, 4.166666667)]
    public void Cumulative_averages_forget_the_start_and_weigh_every_batch_alike(VarianceCorrection correction, double variance)
    {
        foreach (UpdateTiming timing in Enum.GetValues<UpdateTiming>())
        {
            BatchNormalization layer = Built(new BatchNormalization { Averaging = Averaging.Cumulative, Correction = correction, Updates = timing });

            layer.Forward(Column, Mode.Train);
            layer.Forward(Tensor.From([2.0, 4, 6, 8], [4, 1]), Mode.Train);
            layer.RunUpdates();

            Expect.Near([3.75], layer.MovingMean.Value, 1e-14);
            Expect.Near([variance], layer.MovingVariance.Value);
            Assert.Equal(2, layer.Parameters[^1].Value.ToScalar());
        }
    }

    // G6 at ε = 1e-3. By hand: 1/√(σ²+ε)·(dy - mean(dy) - x̂·mean(dy·x̂)).
    [Fact]
    public void By_hand_by_differences_forward_and_in_reverse_the_gradient_is_the_same()
    {
        BatchNormalization layer = Built(new BatchNormalization());
        Mode still = Mode.Train with { UpdateStatistics = false };
        double[] x = [1, 2, 3, 4], dy = [1, 0, 0, 0], byHand = new double[4], byDifferences = new double[4], forward = new double[4];
        double[] normalized = [.. x.Select(value => (value - 2.5) / Math.Sqrt(1.251))];
        double First(double[] values) => layer.Forward(Tensor.From(values, [4, 1]), still).Value[0, 0];
        using Tape tape = new();
        Variable input = tape.Watch(Column);
        Variable y = layer.Forward(input, still);

        for (int i = 0; i < 4; i++)
        {
            byHand[i] = (dy[i] - 0.25 - (normalized[i] * normalized[0] / 4)) / Math.Sqrt(1.251);
            byDifferences[i] = Difference(First, x, i, 1e-5);
            Tensor direction = Tensor.Zeros([4, 1], DType.F64);
            direction.AsSpan<double>()[i] = 1;
            forward[i] = tape.Jvp(y, [input], [direction]).Value[0, 0];
        }

        double[] expected = [0.268542498, -0.357520651, -0.089514166, 0.178492319];
        Expect.Near(expected, Tensor.From(byHand));
        Expect.Near(expected, Tensor.From(byDifferences), 1e-6);
        Expect.Near(expected, Tensor.From(forward));
        Expect.Near(expected, tape.Gradient(y, input, upstream: Tensor.From(dy, [4, 1])).Value);
    }

    // Truncation falls with h², rounding grows with 1/h: the error has its lowest point between.
    [Fact]
    public void The_error_of_finite_differences_falls_and_rises_again_with_the_step()
    {
        BatchNormalization layer = Built(new BatchNormalization());
        double First(double[] values) => layer.Forward(Tensor.From(values, [4, 1]), Mode.Train with { UpdateStatistics = false }).Value[0, 0];
        double exact = (1 - 0.25 - (2.25 / 1.251 / 4)) / Math.Sqrt(1.251);

        double[] errors = [.. new[] { 1e-1, 1e-5, 1e-13 }.Select(h => Math.Abs(Difference(First, [1, 2, 3, 4], 0, h) - exact))];

        Assert.True(errors[0] > 100 * errors[1], $"{errors[0]} at h = 0.1, {errors[1]} at h = 1e-5");
        Assert.True(errors[2] > 100 * errors[1], $"{errors[2]} at h = 1e-13, {errors[1]} at h = 1e-5");
    }

    [Fact]
    public void The_defaults_are_those_of_contrib_and_there_is_no_gamma()
    {
        BatchNormalization layer = Built(new BatchNormalization(BatchNormalizationDialect.Contrib));

        Assert.Equal((0.999, 1e-3, true, false), (layer.Momentum, layer.Epsilon, layer.Center, layer.Scale));
        Assert.Equal(UpdateTiming.Deferred, layer.Updates);
        Assert.Same(Activations.Linear, layer.Activation);
        Assert.Null(layer.Gamma);
        Assert.True(layer.Trainable);
    }

    // Three for each feature: β, mean and variance.
    [Theory]
    [InlineData(784, 2352)]
    [InlineData(300, 900)]
    [InlineData(100, 300)]
    public void There_are_three_parameters_for_each_feature(int features, long expected)
    {
        BatchNormalization layer = new(BatchNormalizationDialect.Contrib);
        layer.BuildFor([features], DType.F32, new Rng(0));

        Assert.Equal(expected, Summary.Count(layer.Parameters));
    }

    // 2·3·3 = 18 values stand behind each of the 4 channels.
    [Fact]
    public void Statistics_of_images_are_taken_over_everything_but_the_channels()
    {
        BatchNormalization layer = new(BatchNormalizationDialect.Contrib) { Updates = UpdateTiming.Immediate, Momentum = 0 };
        layer.BuildFor([3, 3, 4], DType.F64, new Rng(0));
        Tensor x = Catalogue.Sample([2, 3, 3, 4], Domain.Any, new Rng(1));

        layer.Forward(x, Mode.Train);

        double[] channel = [.. x.ToDoubles().Where((_, i) => i % 4 == 1)];
        Assert.Equal(18, channel.Length);
        Assert.Equal(channel.Average(), layer.MovingMean.Value[1], 1e-15);
        Assert.Equal(channel.Average(value => Math.Pow(value - channel.Average(), 2)), layer.MovingVariance.Value[1], 1e-15);
    }

    // relu(3z) = 3·relu(z), so the next kernel can hold γ. elu(3·(-1)) = -0.950 is not 3·elu(-1) = -1.896.
    [Fact]
    public void Without_gamma_a_relu_loses_nothing_and_an_elu_does()
    {
        Assert.Equal(Of(Activations.Relu, 3).Select(value => value / 3), Of(Activations.Relu, 1), (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.NotEqual(Of(Activations.Elu, 3)[0] / 3, Of(Activations.Elu, 1)[0], 0.1);

        static double[] Of(ActivationFunction function, double gamma) =>
            Built(new BatchNormalization { Activation = function, GammaInitializer = Initializers.Constant(gamma) }).Forward(Column, Mode.Train).Value.ToDoubles();
    }

    // x̂ = -1.3411, -0.4470, 0.4470 and 1.3411: with β = -0.5 the ReLU opens where x̂ is above 0.5, which leaves the last alone.
    [Fact]
    public void Beta_moves_the_threshold_of_a_relu()
    {
        BatchNormalization layer = Built(new BatchNormalization { Activation = Activations.Relu, BetaInitializer = Initializers.Constant(-0.5) });

        Expect.Near([0, 0, 0, 0.841104452], layer.Forward(Column, Mode.Train).Value);
    }

    [Theory]
    [InlineData(UpdateTiming.Deferred, 0, 0.0025)]
    [InlineData(UpdateTiming.Immediate, 0.0025, 0.0025)]
    public void Deferred_updates_change_nothing_until_they_are_run_and_immediate_ones_change_once(UpdateTiming timing, double before, double after)
    {
        BatchNormalization layer = Built(new BatchNormalization(BatchNormalizationDialect.Contrib) { Updates = timing });

        Expect.Near([-1.341104452, -0.447034817, 0.447034817, 1.341104452], layer.Forward(Column, Mode.Train).Value);
        Expect.Near([before], layer.MovingMean.Value, 1e-15);
        layer.RunUpdates();
        Expect.Near([after], layer.MovingMean.Value, 1e-15);
        layer.RunUpdates();
        Expect.Near([after], layer.MovingMean.Value, 1e-15);
    }

    [Fact]
    public void Where_it_is_not_training_the_moving_statistics_normalize_and_nothing_is_queued()
    {
        BatchNormalization layer = Built(new BatchNormalization(BatchNormalizationDialect.Contrib));

        Expect.Near([0.999500375, 1.999000750, 2.998501124, 3.998001499], layer.Forward(Column, Mode.Inference).Value, 1e-9);

        Assert.Equal(0, layer.PendingUpdates);
        Assert.Equal(0, layer.MovingMean.Value.ToScalar());
    }

    // tanh of G1's numbers.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_activation_is_applied_last(bool training)
    {
        BatchNormalization layer = Built(new BatchNormalization(BatchNormalizationDialect.Contrib) { Activation = Activations.Tanh, BetaInitializer = Initializers.Constant(0.5) });

        double y = layer.Forward(Column, training ? Mode.Train : Mode.Inference).Value[0, 0];

        Assert.Equal(Math.Tanh((training ? -1.341104452 : 0.999500375) + 0.5), y, Expect.Printed);
    }

    [Fact]
    public void A_layer_that_is_not_trainable_leaves_beta_alone_and_its_statistics_move()
    {
        BatchNormalization layer = Built(new BatchNormalization(BatchNormalizationDialect.Contrib) { Trainable = false, Updates = UpdateTiming.Immediate });

        Expect.Near([-1.341104452, -0.447034817, 0.447034817, 1.341104452], layer.Forward(Column, Mode.Train).Value);

        Assert.Empty(layer.TrainableParameters);
        Expect.Near([0.0025], layer.MovingMean.Value, 1e-15);
    }

    [Fact]
    public void In_the_scope_BatchNorm_the_variables_have_contribs_names()
    {
        BatchNormalization layer = Built(new BatchNormalization(BatchNormalizationDialect.Contrib) { Name = "BatchNorm", Scale = true });

        Assert.Equal(["BatchNorm/beta", "BatchNorm/gamma", "BatchNorm/moving_mean", "BatchNorm/moving_variance"], layer.Parameters.Select(parameter => parameter.Name));
        Assert.Throws<ArgumentException>(() => new Sequential([1]) { new BatchNormalization { Name = "BatchNorm" }, new BatchNormalization { Name = "BatchNorm" } });
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Parameters_have_the_type_of_the_input(DType dtype)
    {
        BatchNormalization layer = Built(new BatchNormalization(BatchNormalizationDialect.Contrib) { Scale = true, Renorm = new Renorm() }, dtype);

        Assert.Equal(7, layer.Parameters.Count);
        Assert.All(layer.Parameters, parameter => Assert.Equal(dtype, parameter.Value.DType));
        Assert.Equal(dtype, layer.Forward(Column.Cast(dtype), Mode.Train).DType);
    }

    private static double Difference(Func<double[], double> function, double[] x, int i, double h)
    {
        double[] up = [.. x], down = [.. x];
        up[i] += h;
        down[i] -= h;
        return (function(up) - function(down)) / (2 * h);
    }

    private static BatchNormalization Built(BatchNormalization layer, DType dtype = DType.F64)
    {
        layer.BuildFor([1], dtype, new Rng(0));
        return layer;
    }
}
