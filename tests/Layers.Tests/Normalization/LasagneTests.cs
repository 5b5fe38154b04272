using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests.Normalization;

/// <summary>Lasagne's <c>BatchNormLayer</c>, rows C1 to C13 of batchnorm.md.</summary>
public class LasagneTests
{
    private static readonly Tensor Column = Tensor.From([1.0, 2, 3, 4], [4, 1]);

    [Fact]
    public void The_defaults_are_those_of_Lasagne()
    {
        BatchNormalization layer = Built(Lasagne(), [3]);

        // α = 0.1 on the new value is momentum 0.9 on the old one.
        Assert.Equal((0.9, 1e-4, true, true), (layer.Momentum, layer.Epsilon, layer.Center, layer.Scale));
        Assert.Equal([1], layer.Axis);
        Assert.Equal(StoredStatistic.InverseDeviation, layer.Stored);
        Assert.Equal([0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1], layer.Parameters.SelectMany(parameter => parameter.Value.ToDoubles()));
    }

    // What is reduced here is what is not kept there. Rank 3 is where the defaults part: Lasagne keeps T of [N, T, F], Keras keeps F.
    [Theory]
    [InlineData(new[] { 4 }, new[] { 0 }, 1)]
    [InlineData(new[] { 4, 2 }, new[] { 0, 2 }, 1)]
    [InlineData(new[] { 4, 2 }, new[] { 0, 1 }, -1)]
    [InlineData(new[] { 4, 2, 3 }, new[] { 0, 2, 3 }, 1)]
    [InlineData(new[] { 4, 2, 3 }, new[] { 0, 1, 2 }, 3)]
    public void Reduced_axes_are_the_rest_of_the_kept_ones(int[] input, int[] reduced, int kept)
    {
        Tensor x = Catalogue.Sample(Shape.Of(input).Prepend(5), Domain.Any, new Rng(1));

        Tensor byReduced = Built(new BatchNormalization { Reduce = Axes.Of(reduced) }, Shape.Of(input)).Forward(x, Mode.Train).Value;

        Expect.SameBits(Built(new BatchNormalization { Axis = kept }, Shape.Of(input)).Forward(x, Mode.Train).Value, byReduced);
    }

    [Fact]
    public void Auto_keeps_the_second_axis_of_every_rank()
    {
        Assert.Equal([4], Built(Lasagne(), [4]).MovingMean.Shape);
        Assert.Equal([4], Built(Lasagne(), [4, 2]).MovingMean.Shape);
        Assert.Equal([4], Built(Lasagne(), [4, 2, 3]).MovingMean.Shape);
    }

    [Fact]
    public void Parameters_have_the_sizes_of_what_is_not_reduced_and_no_ones_between()
    {
        Assert.All(Built(new BatchNormalization(BatchNormalizationDialect.Lasagne) { Reduce = 0 }, [28, 28]).Parameters, parameter => Assert.Equal([28, 28], parameter.Shape));
        Assert.All(Built(new BatchNormalization { Axis = [1, 2] }, [28, 28]).Parameters, parameter => Assert.Equal([1, 28, 28], parameter.Shape));
        Assert.All(Built(new BatchNormalization(BatchNormalizationDialect.Lasagne) { Reduce = [0, 2] }, [3, 5, 7]).Parameters, parameter => Assert.Equal([3, 7], parameter.Shape));
    }

    [Fact]
    public void A_kept_axis_of_unknown_size_is_refused_in_Lasagnes_words()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Built(new BatchNormalization(BatchNormalizationDialect.Lasagne) { Reduce = 1 }, [3]));

        Assert.Contains("BatchNormLayer needs specified input sizes for all axes not normalized over", error.Message, StringComparison.Ordinal);
    }

    // Each row of two has its own mean: ∓1/√(1 + ε), then γ of its row.
    [Fact]
    public void With_a_fixed_batch_size_each_example_can_have_statistics_and_a_gamma_of_its_own()
    {
        BatchNormalization layer = Built(new BatchNormalization(BatchNormalizationDialect.Lasagne) { Reduce = 1, BatchSize = 3 }, [2]);
        layer.Gamma!.Value.CopyFrom(Tensor.From([1.0, 2, 3]));
        Mode noAverages = Mode.Train with { UpdateStatistics = false };

        Tensor y = layer.Forward(Tensor.From([1.0, 3, 10, 12, 7, 5], [3, 2]), noAverages).Value;

        double unit = 1 / Math.Sqrt(1.0001);
        Expect.Near([-unit, unit, -2 * unit, 2 * unit, 3 * unit, -3 * unit], y, 1e-14);
        Assert.All(layer.Parameters, parameter => Assert.Equal([3], parameter.Shape));
        ArgumentException error = Assert.Throws<ArgumentException>(() => layer.Forward(Tensor.Zeros([4, 2], DType.F64), noAverages));
        Assert.Contains("expected batches of 3, got [4, 2]", error.Message, StringComparison.Ordinal);
    }

    // (x - μ)·(γ·inv_std) + β against γ·((x - μ)/√(σ² + ε)) + β: two roundings apart.
    [Fact]
    public void The_formula_of_Lasagne_agrees_with_that_of_Keras_to_rounding()
    {
        Tensor x = Catalogue.Sample([6, 3], Domain.Any, new Rng(3));
        BatchNormalization lasagne = Built(Lasagne(), [3]), keras = Built(new BatchNormalization { Epsilon = 1e-4, Momentum = 0.9 }, [3]);

        Expect.Close(keras.Forward(x, Mode.Train).Value, lasagne.Forward(x, Mode.Train).Value, 1e-15, "training");

        double[] mean = lasagne.MovingMean.Value.ToDoubles(), inverse = lasagne.MovingVariance.Value.ToDoubles();
        double[] expected = [.. x.ToDoubles().Select((value, i) => (value - mean[i % 3]) * inverse[i % 3])];
        Expect.Close(Tensor.From(expected, x.Shape), lasagne.Forward(x, Mode.Inference).Value, 1e-15, "inference");
    }

    // G3: (1 - 0.1)·0 + 0.1·2.5 and (1 - 0.1)·1 + 0.1/√1.2501.
    [Fact]
    public void Alpha_weighs_the_new_value()
    {
        BatchNormalization layer = Built(Lasagne(), [1]);

        layer.Forward(Column, Mode.Train);

        Expect.Near([0.25], layer.MovingMean.Value, 1e-15);
        Expect.Near([0.989439142], layer.MovingVariance.Value);
    }

    // At the start the averages 0 and 1 make the identity; the batch gives ∓1.341587124. An update does not show in the pass that makes it.
    [Theory]
    [InlineData(false, true, -1.341587124, 0.25)]
    [InlineData(false, false, -1.341587124, 0)]
    [InlineData(true, false, 1, 0)]
    [InlineData(true, true, 1, 0.25)]
    public void Use_and_update_of_averages_override_deterministic_in_all_four_cases(bool use, bool update, double first, double mean)
    {
        foreach (Mode deterministic in (Mode[])[Mode.Train, Mode.Inference])
        {
            BatchNormalization layer = Built(Lasagne(), [1]);

            Tensor y = layer.Forward(Column, deterministic with { UseBatchStatistics = !use, UpdateStatistics = update }).Value;

            Assert.Equal(first, y[0, 0], Expect.Printed);
            Expect.Near([mean], layer.MovingMean.Value, 1e-15);
        }
    }

    [Fact]
    public void An_average_that_is_no_number_does_not_reach_what_the_batch_normalizes()
    {
        BatchNormalization layer = Built(Lasagne(), [1]);
        layer.MovingMean.Value.CopyFrom(Tensor.From([double.NaN]));

        Expect.Near([-1.341587124, -0.447195708, 0.447195708, 1.341587124], layer.Forward(Column, Mode.Train).Value);
    }

    [Theory]
    [InlineData(true, true, 4)]
    [InlineData(false, true, 3)]
    [InlineData(true, false, 3)]
    [InlineData(false, false, 2)]
    public void Without_beta_or_gamma_there_are_3_or_2_parameters_and_they_count_as_0_and_1(bool center, bool scale, int parameters)
    {
        BatchNormalization layer = Built(new BatchNormalization(BatchNormalizationDialect.Lasagne) { Center = center, Scale = scale }, [1]);

        Assert.Equal(parameters, Summary.Count(layer.Parameters));
        Expect.Near([-1.341587124, -0.447195708, 0.447195708, 1.341587124], layer.Forward(Column, Mode.Train).Value);
    }

    // Kernel and γ: 3·2·0.5² + 2·3² = 19.5; biases and β are 1 and would add to it.
    [Fact]
    public void A_penalty_on_what_is_regularizable_holds_kernels_and_gammas_and_no_biases_betas_or_averages()
    {
        Sequential model = new([3], dtype: DType.F64)
        {
            new Dense(2) { KernelInitializer = Initializers.Constant(0.5), BiasInitializer = Initializers.Ones },
            new BatchNormalization(BatchNormalizationDialect.Lasagne) { GammaInitializer = Initializers.Constant(3), BetaInitializer = Initializers.Ones },
        };

        Parameter[] regularizable = [.. model.Parameters.Where(parameter => parameter.Regularizable)];

        Assert.Equal(["dense/kernel", "batch_normalization/gamma"], regularizable.Select(parameter => parameter.Name));
        Assert.Equal(19.5, regularizable.Sum(parameter => new L1L2(l2: 1).Penalty(parameter.Value).Value.ToScalar()), 1e-14);
    }

    [Fact]
    public void Arrays_to_start_from_must_have_the_parameters_shapes()
    {
        Tensor two = Tensor.From([1.0, 2]), three = Tensor.From([1.0, 2, 3]);
        BatchNormalization fitting = Built(new BatchNormalization(BatchNormalizationDialect.Lasagne) { InitialWeights = [two, two, two, two] }, [2]);

        Assert.All(fitting.Parameters, parameter => Assert.Equal([1, 2], parameter.Value.ToDoubles()));
        ArgumentException error = Assert.Throws<ArgumentException>(() => Built(new BatchNormalization(BatchNormalizationDialect.Lasagne) { InitialWeights = [two, two, two, three] }, [2]));
        Assert.Contains("batch_normalization/inv_std [2], got 4: [2], [2], [2], [3].", error.Message, StringComparison.Ordinal);
    }

    private static BatchNormalization Lasagne() => new(BatchNormalizationDialect.Lasagne);

    private static BatchNormalization Built(BatchNormalization layer, Shape input)
    {
        layer.BuildFor(input, DType.F64, new Rng(0));
        return layer;
    }

    // Normalized by the averages 0 and 1 while these are updated: dx is γ·inv_std = 1 throughout, by the averages from before the update.
    [Fact]
    public void A_gradient_uses_the_averages_that_the_forward_pass_used_though_they_have_moved_since()
    {
        BatchNormalization layer = new(BatchNormalizationDialect.Lasagne);
        layer.BuildFor([2], DType.F64, new Rng(0));
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 10, 2, 20], [2, 2]));

        Variable y = layer.Forward(x, Mode.Train with { UseBatchStatistics = false });
        Variable dx = tape.Gradient(Op.Sum(y), x);

        Assert.NotEqual(0, layer.MovingMean.Value[0]);
        Expect.Near([1, 1, 1, 1], dx.Value);
    }

    // The first layer of a model, whose input takes no gradient: γ's is Σ (x - 0)·1 by column, by the averages from before the update.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void So_does_the_gradient_of_gamma_where_the_input_is_a_constant(bool lasagne)
    {
        BatchNormalization layer = new(lasagne ? BatchNormalizationDialect.Lasagne : BatchNormalizationDialect.Keras) { Epsilon = 1e-12 };
        layer.BuildFor([2], DType.F64, new Rng(0));
        using Tape tape = new();

        Variable y = layer.Forward(tape.Constant(Tensor.From([1.0, 10, 2, 20], [2, 2])), Mode.Train with { UseBatchStatistics = false });
        Variable gradient = tape.Gradient(Op.Sum(y), tape.Watch(layer.Gamma!));

        Assert.NotEqual(0, layer.MovingMean.Value[0]);
        Expect.Near([3, 30], gradient.Value);
    }
}
