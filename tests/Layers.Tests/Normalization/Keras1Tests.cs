using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests.Normalization;

/// <summary>Keras 1.1's layer, rows A1 to A20 of batchnorm.md. The column is 1, 2, 3, 4: mean 2.5, biased variance 1.25.</summary>
public class Keras1Tests
{
    private static readonly Tensor Column = Tensor.From([1.0, 2, 3, 4], [4, 1]);

    [Fact]
    public void The_defaults_of_Keras_1_stand_in_its_configuration()
    {
        JsonObject config = Keras1().GetConfig();

        Assert.Equal("keras1", (string)config["dialect"]!);
        Assert.Equal(1e-5, (double)config["epsilon"]!);
        Assert.Equal(0.99, (double)config["momentum"]!);
        Assert.Equal(-1, (int)config["axis"]!);
        Assert.Equal("Zeros", (string)config["beta_initializer"]!["class_name"]!);
        Assert.Equal("Ones", (string)config["gamma_initializer"]!["class_name"]!);
        Assert.Null(config["gamma_regularizer"]);
        Assert.Null(config["beta_regularizer"]);
        Assert.Equal(NormalizeBy.Mode, Keras1().By);
    }

    // G1 at ε = 1e-5, then after G3's one update: (1 - 0.025)/√(1.0025 + 0.00001) = 0.973778...
    [Fact]
    public void Mode_0_normalizes_by_the_batch_in_training_and_by_the_running_averages_in_test()
    {
        BatchNormalization layer = Built(Keras1(), [1]);

        Expect.Near([-1.341635420, -0.447211807, 0.447211807, 1.341635420], layer.Forward(Column, Mode.Train).Value);
        Expect.Near([0.975 / Math.Sqrt(1.00251), 1.975 / Math.Sqrt(1.00251)], layer.Forward(Tensor.From([1.0, 2], [2, 1]), Mode.Inference).Value, 1e-15);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Mode_1_takes_any_rank_and_normalizes_over_the_last_axis(int rank)
    {
        Shape input = Shape.Of([.. Enumerable.Repeat(2, rank - 2), 4]);
        BatchNormalization layer = Built(Keras1(NormalizeBy.Sample), input);
        int rows = input.ElementCount / 4;
        Tensor x = Tensor.From([.. Enumerable.Repeat(new[] { 1.0, 2, 3, 4 }, rows).SelectMany(row => row)], input.Prepend(1));

        double[] y = layer.Forward(x, Mode.Train).Value.ToDoubles();

        for (int i = 0; i < y.Length; i++) Assert.Equal(new[] { -1.341623420, -0.447207807, 0.447207807, 1.341623420 }[i % 4], y[i], Expect.Printed);
    }

    [Fact]
    public void Mode_1_has_running_averages_and_never_touches_them()
    {
        BatchNormalization layer = Built(Keras1(NormalizeBy.Sample), [2]);

        for (int i = 0; i < 3; i++) layer.Forward(Tensor.From([1.0, 5, 7, 9], [2, 2]), Mode.Train);

        Assert.Equal([0, 0], layer.MovingMean.Value.ToDoubles());
        Assert.Equal([1, 1], layer.MovingVariance.Value.ToDoubles());
        Assert.Empty(layer.UpdateNames);
    }

    [Fact]
    public void Mode_1_along_another_axis_than_the_last_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Built(new BatchNormalization(BatchNormalizationDialect.Keras1) { By = NormalizeBy.Sample, Axis = 1 }, [4, 2]));

        Assert.Contains("expected the last axis where each sample is normalized over it, got axis 1", error.Message, StringComparison.Ordinal);
    }

    // The rows 1 and 3 beside 3 or 5: x̂₀ = -1/√(1 + ε) or -1.
    [Fact]
    public void Mode_2_normalizes_by_the_batch_in_test_too_and_updates_nothing()
    {
        BatchNormalization layer = Built(Keras1(NormalizeBy.Batch), [1]);

        for (int i = 0; i < 5; i++) Expect.Near([-1.341635420, -0.447211807, 0.447211807, 1.341635420], layer.Forward(Column, Mode.Train).Value);
        Expect.Near([-1.341635420, -0.447211807, 0.447211807, 1.341635420], layer.Forward(Column, Mode.Inference).Value);
        Assert.Equal(-1 / Math.Sqrt(1.00001), layer.Forward(Tensor.From([1.0, 3], [2, 1]), Mode.Inference).Value[0, 0], 1e-15);
        Assert.Equal(-2 / Math.Sqrt(4.00001), layer.Forward(Tensor.From([1.0, 5], [2, 1]), Mode.Inference).Value[0, 0], 1e-15);

        Assert.Equal(0, layer.MovingMean.Value.ToScalar());
        Assert.Equal(1, layer.MovingVariance.Value.ToScalar());
        Assert.Empty(layer.UpdateNames);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void A_mode_that_is_not_0_1_or_2_is_refused(int mode)
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => new BatchNormalization(BatchNormalizationDialect.Keras1) { By = (NormalizeBy)mode });

        Assert.StartsWith($"BatchNormalization: expected By to be Mode, Sample or Batch (Keras 1's modes 0, 1 and 2), got {mode}.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sharing_in_mode_0_is_refused_in_Keras_words_and_modes_1_and_2_are_shared()
    {
        using Tape tape = new();
        Variable first = tape.Constant(Column), second = tape.Constant(Column.Clone());
        BatchNormalization layer = Built(Keras1(), [1]);

        layer.Forward(first, Mode.Train);
        layer.Forward(first, Mode.Train);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => layer.Forward(second, Mode.Train));

        Assert.Contains("You are attempting to share a same `BatchNormalization` layer across different data flows. This is not possible.", error.Message, StringComparison.Ordinal);
        foreach (NormalizeBy by in (NormalizeBy[])[NormalizeBy.Sample, NormalizeBy.Batch])
        {
            BatchNormalization shared = Built(Keras1(by), [1]);
            Expect.SameBits(shared.Forward(first, Mode.Train).Value, shared.Forward(second, Mode.Train).Value);
        }
    }

    // Keras 1 asks this in modes 0 and 2 only; here every mode does.
    [Theory]
    [InlineData(NormalizeBy.Mode)]
    [InlineData(NormalizeBy.Sample)]
    [InlineData(NormalizeBy.Batch)]
    public void A_layer_must_be_built_before_it_is_called_in_every_mode(NormalizeBy by)
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Keras1(by).Forward(Column, Mode.Train));

        Assert.Contains("expected a layer that has been built, got one that has not", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(NormalizeBy.Mode, true)]
    [InlineData(NormalizeBy.Sample, false)]
    [InlineData(NormalizeBy.Batch, false)]
    public void Only_mode_0_depends_on_the_learning_phase(NormalizeBy by, bool depends)
    {
        BatchNormalization layer = Built(Keras1(by), [2]);
        Tensor x = Tensor.From([1.0, 5, 7, 9], [2, 2]);

        double[] test = layer.Forward(x, Mode.Inference).Value.ToDoubles(), train = layer.Forward(x, Mode.Train).Value.ToDoubles();

        Assert.Equal(depends, !test.SequenceEqual(train));
    }

    // Rows 1, 3 and a masked 8: with it the mean is 4, without it 2.
    [Fact]
    public void A_mask_is_passed_over_and_masked_rows_enter_the_statistics()
    {
        Tensor x = Tensor.From([1.0, 3, 8], [3, 1]);
        Mode masked = Mode.Train with { Mask = Tensor.From<byte>([1, 1, 0]) };
        BatchNormalization layer = Built(Keras1(), [1]), other = Built(new BatchNormalization(), [1]);

        layer.Forward(x, masked);
        other.Forward(x, masked);

        Expect.Near([0.04], layer.MovingMean.Value, 1e-15);
        Expect.Near([0.02], other.MovingMean.Value, 1e-15);
    }

    [Fact]
    public void Weights_are_four_in_the_order_gamma_beta_mean_variance_and_are_used_once()
    {
        BatchNormalization layer = new(BatchNormalizationDialect.Keras1) { Epsilon = 0, InitialWeights = [Of(2), Of(0.5), Of(3), Of(4)] };

        layer.BuildFor([1], DType.F32, new Rng(0));

        // 2·(5 - 3)/√4 + 0.5.
        Assert.Equal(2.5, layer.Forward(Tensor.From([5f], [1, 1]), Mode.Inference).Value.ToScalar());
        Assert.Null(layer.InitialWeights);
    }

    [Fact]
    public void Another_number_of_weights_is_refused_by_naming_the_four()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Built(new BatchNormalization(BatchNormalizationDialect.Keras1) { Name = "bn", InitialWeights = [Of(1), Of(0)] }, [1]));

        Assert.Contains("expected 4 initial weights, bn_gamma [1], bn_beta [1], bn_running_mean [1], bn_running_std [1], got 2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("beta_init", "zero", "gamma_init", "one")]
    [InlineData("beta_initializer", "zeros", "gamma_initializer", "ones")]
    [InlineData("beta_init", "one", "gamma_init", "zero")]
    [InlineData("beta_initializer", "ones", "gamma_initializer", "zeros")]
    public void Initializers_go_by_the_names_of_Keras_1_and_of_Keras_2(string betaKey, string beta, string gammaKey, string gamma)
    {
        BatchNormalization layer = Read($$"""{"dialect": "keras1", "{{betaKey}}": "{{beta}}", "{{gammaKey}}": "{{gamma}}", "mode": 2}""");

        Assert.Equal(beta.StartsWith("zero", StringComparison.Ordinal) ? 0 : 1, layer.Beta!.Value[0]);
        Assert.Equal(gamma.StartsWith("zero", StringComparison.Ordinal) ? 0 : 1, layer.Gamma!.Value[0]);
        Assert.Equal(NormalizeBy.Batch, layer.By);
    }

    [Fact]
    public void Variables_have_the_size_of_the_kept_axis_and_the_names_of_Keras_1()
    {
        BatchNormalization layer = Built(new BatchNormalization(BatchNormalizationDialect.Keras1) { Axis = 1, Name = "bn" }, [3, 5, 7]);

        Assert.Equal(["bn_gamma", "bn_beta"], layer.TrainableParameters.Select(parameter => parameter.Name));
        Assert.Equal(["bn_running_mean", "bn_running_std"], layer.NonTrainableParameters.Select(parameter => parameter.Name));
        Assert.All(layer.Parameters, parameter => Assert.Equal([3], parameter.Shape));
    }

    // 0.01·784·1² = 7.84, and 0.1·784 for the absolute values.
    [Fact]
    public void Regularizers_add_their_sums_over_the_vectors()
    {
        BatchNormalization squared = Built(new BatchNormalization(BatchNormalizationDialect.Keras1) { GammaRegularizer = new L1L2(l2: 0.01) }, [784]);
        BatchNormalization both = Built(new BatchNormalization(BatchNormalizationDialect.Keras1) { GammaRegularizer = new L1L2(0.1, 0.01), BetaRegularizer = new L1L2(l1: 0.5), BetaInitializer = Initializers.Constant(-2) }, [784]);
        Tensor beside = Tensor.Scalar(0, DType.F64);

        Assert.Equal(7.84, squared.Penalty(beside)!.Value.ToScalar(), 1e-12);
        Assert.Equal(7.84 + 78.4 + (0.5 * 2 * 784), both.Penalty(beside)!.Value.ToScalar(), 1e-9);
    }

    // μ = 3, σ² = 4, ε = 1: (5 - 3)/√(4 + 1) = 0.894427191; with ε beside the root it would be 2/(2 + 1) = 0.667.
    [Fact]
    public void In_test_epsilon_stands_inside_the_root()
    {
        BatchNormalization layer = Built(new BatchNormalization(BatchNormalizationDialect.Keras1) { Epsilon = 1, InitialWeights = [Of(1), Of(0), Of(3), Of(4)] }, [1]);

        Expect.Near([0.894427191], layer.Forward(Tensor.From([5.0], [1, 1]), Mode.Inference).Value);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void The_last_axis_by_either_number_or_as_the_rest_of_what_is_reduced_gives_the_same_bits(DType dtype)
    {
        Tensor x = Catalogue.Sample([4, 5, 3], Domain.Any, new Rng(2)).Cast(dtype);
        BatchNormalization negative = new(), positive = new() { Axis = 2 }, reduced = new() { Reduce = [0, 1] };
        foreach (BatchNormalization layer in (BatchNormalization[])[negative, positive, reduced]) layer.BuildFor([5, 3], dtype, new Rng(0));

        foreach (Mode mode in (Mode[])[Mode.Train, Mode.Inference])
        {
            Tensor expected = negative.Forward(x, mode).Value;
            Expect.SameBits(expected, positive.Forward(x, mode).Value);
            Expect.SameBits(expected, reduced.Forward(x, mode).Value);
        }
    }

    [Fact]
    public void A_configuration_round_trips_whole_with_initializers_and_weights()
    {
        Sequential model = new() { new BatchNormalization(BatchNormalizationDialect.Keras1)
        {
            Epsilon = 1e-4,
            By = NormalizeBy.Batch,
            Axis = 1,
            Momentum = 0.9,
            GammaRegularizer = new L1L2(0.1, 0.2),
            BetaRegularizer = new L1L2(l2: 0.3),
            BetaInitializer = Initializers.Constant(0.25),
            GammaInitializer = Initializers.Zeros,
            InitialWeights = [Of(2), Of(0.5), Of(3), Of(0.1)],
        } };
        string json = LayerJson.ToJson(model);

        Model read = LayerJson.FromJson(json);

        Assert.Equal(json, LayerJson.ToJson(read));
        read.Forward(Tensor.Zeros([2, 1, 3]), Mode.Inference);
        Assert.Equal([2, 0.5, 3, 0.1f], read.Parameters.Select(parameter => parameter.Value[0]));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Input_of_any_rank_keeps_its_shape(int rank)
    {
        Shape input = Shape.Of([.. Enumerable.Range(2, rank - 1)]);
        BatchNormalization layer = Built(Keras1(), input);
        Tensor x = Catalogue.Sample(input.Prepend(3), Domain.Any, new Rng(1));

        Assert.Equal(x.Shape, layer.Forward(x, Mode.Train).Shape);
        Assert.Equal(input, layer.OutputShape(input));
        Assert.Equal([rank], layer.MovingMean.Shape);
    }

    private static BatchNormalization Keras1(NormalizeBy by = NormalizeBy.Mode) => new(BatchNormalizationDialect.Keras1) { By = by };

    private static Tensor Of(double value) => Tensor.From([value]);

    private static BatchNormalization Read(string config)
    {
        Model model = LayerJson.FromJson($$"""{"class_name": "Sequential", "config": {"layers": [ {"class_name": "BatchNormalization", "config": {{config}} } ] } }""");
        model.Forward(Tensor.Zeros([2, 1]), Mode.Inference);
        return (BatchNormalization)model.Layers[0];
    }

    private static BatchNormalization Built(BatchNormalization layer, Shape input)
    {
        layer.BuildFor(input, DType.F64, new Rng(0));
        return layer;
    }
}
