using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests.Normalization;

/// <summary>tf.compat.v1.keras, rows E1 to E16 of batchnorm.md. The column is 1, 2, 3, 4: mean 2.5, biased variance 1.25.</summary>
public class Tf1Tests
{
    private static readonly Tensor Column = Tensor.From([1.0, 2, 3, 4], [4, 1]);

    [Fact]
    public void In_training_each_example_depends_on_the_others()
    {
        BatchNormalization layer = Built(Tf1());
        Mode still = Mode.Train with { UpdateStatistics = false };

        Assert.Equal(-1 / Math.Sqrt(1.001), layer.Forward(Tensor.From([1.0, 3], [2, 1]), still).Value[0, 0], 1e-15);
        Assert.Equal(1 / Math.Sqrt(1.001), layer.Forward(Tensor.From([1.0, -1], [2, 1]), still).Value[0, 0], 1e-15);
    }

    [Fact]
    public void Statistics_move_in_the_forward_pass_and_not_by_gradients()
    {
        BatchNormalization layer = Built(Tf1());
        using Tape tape = new();

        Variable y = layer.Forward(tape.Watch(Column), Mode.Train);
        double forward = layer.MovingMean.Value.ToScalar();
        Gradients gradients = tape.Gradient(Op.Sum(y), layer.Parameters.Where(parameter => parameter.Trainable));

        Assert.Equal(0.025, forward, 1e-15);
        Assert.Equal(forward, layer.MovingMean.Value.ToScalar());
        Assert.Equal(["batch_normalization/gamma", "batch_normalization/beta"], gradients.Select(pair => pair.Item1.Name));
    }

    [Fact]
    public void Inference_uses_what_was_accumulated()
    {
        BatchNormalization layer = Built(Tf1());
        for (int i = 0; i < 3; i++) layer.Forward(Column, Mode.Train);

        // 2.5·(1 - 0.99³) and 1 + 0.25·(1 - 0.99³).
        double gathered = 1 - Math.Pow(0.99, 3);
        Assert.Equal((1 - (2.5 * gathered)) / Math.Sqrt(1 + (0.25 * gathered) + 1e-3), layer.Forward(Column, Mode.Inference).Value[0, 0], 1e-14);
    }

    [Fact]
    public void The_defaults_are_those_of_TensorFlow_1()
    {
        BatchNormalization layer = Tf1();

        Assert.Equal((0.99, 1e-3, true, true), (layer.Momentum, layer.Epsilon, layer.Center, layer.Scale));
        Assert.Equal([-1], layer.Axis);
        Assert.Equal(["Zeros", "Ones", "Zeros", "Ones"], new[] { layer.BetaInitializer, layer.GammaInitializer, layer.MovingMeanInitializer, layer.MovingVarianceInitializer }.Select(initializer => initializer.ClassName));
        Assert.Equal(0.99, new Renorm().Momentum);
        Assert.Null(layer.Renorm);
    }

    [Fact]
    public void All_four_initializers_are_used_and_the_deviation_starts_at_the_variances_root()
    {
        BatchNormalization layer = Built(new BatchNormalization(BatchNormalizationDialect.Tf1)
        {
            GammaInitializer = Initializers.Constant(2),
            BetaInitializer = Initializers.Constant(0.5),
            MovingMeanInitializer = Initializers.Constant(-1),
            MovingVarianceInitializer = Initializers.Constant(4),
            Renorm = new Renorm(),
        });

        // gamma, beta, moving_mean, moving_variance, moving_stddev, renorm_mean, renorm_stddev.
        Assert.Equal([2, 0.5, -1, 4, 2, -1, 2], layer.Parameters.Select(parameter => parameter.Value.ToScalar()));
    }

    // μ = 2.5, σ = √1.251 = 1.118481113, μᵣ = 0, σᵣ = 1: y = x̂·r + d, and with r and d held the gradient is r times the plain one of G6.
    [Fact]
    public void The_gradient_of_renormalization_is_the_plain_one_times_r()
    {
        Assert.Equal(4, Gradient(null).Length);
        double[] plain = Gradient(null), renormed = Gradient(new Renorm());

        for (int i = 0; i < 4; i++) Assert.Equal(1.118481113 * plain[i], renormed[i], 1e-9);
        Expect.Near([0.268542498, -0.357520651, -0.089514166, 0.178492319], Tensor.From(plain));

        static double[] Gradient(Renorm? renorm)
        {
            BatchNormalization layer = Built(new BatchNormalization(BatchNormalizationDialect.Tf1) { Renorm = renorm });
            using Tape tape = new();
            Variable x = tape.Watch(Column);
            return tape.Gradient(layer.Forward(x, Mode.Train), x, upstream: Tensor.From([1.0, 0, 0, 0], [4, 1])).Value.ToDoubles();
        }
    }

    // r and d come from the averages before this batch's update: a second pass sees 0.025 and 1.001184811.
    [Fact]
    public void Renormalization_reads_its_averages_before_it_updates_them()
    {
        BatchNormalization layer = Built(new BatchNormalization(BatchNormalizationDialect.Tf1) { Renorm = new Renorm() });

        Expect.Near([1, 2, 3, 4], layer.Forward(Column, Mode.Train).Value);
        Expect.Near([(1 - 0.025) / 1.001184811, (2 - 0.025) / 1.001184811, (3 - 0.025) / 1.001184811, (4 - 0.025) / 1.001184811], layer.Forward(Column, Mode.Train).Value, 1e-8);
    }

    [Fact]
    public void Clipping_has_the_keys_of_TensorFlow_and_refuses_others_and_empty_ranges()
    {
        Renorm read = Read("""{"renorm": true, "renorm_clipping": {"rmax": 3}}""").Renorm!;

        Assert.Equal((3, 0, double.PositiveInfinity), (read.MaxR, read.MinR, read.MaxD));
        Assert.Equal((double.PositiveInfinity, 0, double.PositiveInfinity), (new Renorm().MaxR, new Renorm().MinR, new Renorm().MaxD));
        FormatException error = Assert.Throws<FormatException>(() => Read("""{"renorm": true, "renorm_clipping": {"rmax": 3, "dmin": 1}}"""));
        Assert.Contains("Received invalid keys for `renorm_clipping`", error.Message, StringComparison.Ordinal);
        Assert.Contains("rmin", Assert.Throws<ArgumentException>(() => new BatchNormalization { Renorm = new Renorm { MaxR = 0.5, MinR = 0.6 } }).Message, StringComparison.Ordinal);
        Assert.Contains("dmax", Assert.Throws<ArgumentException>(() => new BatchNormalization { Renorm = new Renorm { MaxD = -1 } }).Message, StringComparison.Ordinal);
    }

    // renorm_momentum 0 takes the batch's whole; momentum still drives the rest: 0.9·0 + 0.1·2.5, and deviation 0.9 + 0.1·1.118481113, squared less ε: not 1.025.
    [Fact]
    public void Renorms_momentum_is_for_its_own_averages_and_the_variance_follows_the_deviation()
    {
        BatchNormalization layer = Built(new BatchNormalization(BatchNormalizationDialect.Tf1) { Momentum = 0.9, Renorm = new Renorm { Momentum = 0 } });

        layer.Forward(Column, Mode.Train);

        Dictionary<string, double> after = layer.Parameters.ToDictionary(parameter => parameter.Name.Split('/')[1], parameter => parameter.Value.ToScalar());
        Assert.Equal(2.5, after["renorm_mean"], 1e-15);
        Assert.Equal(1.118481113, after["renorm_stddev"], Expect.Printed);
        Assert.Equal(0.25, after["moving_mean"], 1e-15);
        Assert.Equal(1.0118481113, after["moving_stddev"], Expect.Printed);
        Assert.Equal((1.0118481113 * 1.0118481113) - 0.001, after["moving_variance"], 1e-9);
    }

    // The formula is the same for either value; the stored variances are 1.001371026 and 1.0025.
    [Fact]
    public void Inference_has_one_formula_with_renormalization_and_without_on_numbers_that_differ()
    {
        BatchNormalization plain = Built(Tf1()), renormed = Built(new BatchNormalization(BatchNormalizationDialect.Tf1) { Renorm = new Renorm() });

        foreach (BatchNormalization layer in (BatchNormalization[])[plain, renormed])
        {
            layer.Forward(Column, Mode.Train);
            double expected = (1 - 0.025) / Math.Sqrt(layer.MovingVariance.Value.ToScalar() + 1e-3);
            Assert.Equal(expected, layer.Forward(Column, Mode.Inference).Value[0, 0], 1e-15);
        }

        Expect.Near([1.0025], plain.MovingVariance.Value);
        Expect.Near([1.001371026], renormed.MovingVariance.Value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    public void Virtual_batches_of_fewer_than_one_example_are_refused(int size) =>
        Assert.Contains($"expected a size of 1 or more, got {size}", Assert.Throws<ArgumentException>(() => new BatchNormalization { VirtualBatches = new VirtualBatches(size) }).Message, StringComparison.Ordinal);

    [Fact]
    public void Virtual_batches_must_divide_the_batch_and_go_with_neither_a_kept_batch_axis_nor_an_adjustment()
    {
        VirtualBatches three = new(3);

        Assert.Contains("expected a batch that 3 divides, got 4 examples", Refused(() => Built(new BatchNormalization { VirtualBatches = three }).Forward(Column, Mode.Train)), StringComparison.Ordinal);
        Assert.Contains("expected kept axes other than 0 under virtual batches", Refused(() => Built(new BatchNormalization { VirtualBatches = three, Axis = 0, BatchSize = 3 })), StringComparison.Ordinal);
        Assert.Contains("expected virtual batches or an adjustment, got both", Refused(() => Built(new BatchNormalization { VirtualBatches = three, Adjustment = Adjust })), StringComparison.Ordinal);

        static string Refused(Action action) => Assert.Throws<ArgumentException>(action).Message;
    }

    // Groups of 2 out of 4: {1,3},{2,4} or {1,2},{3,4}. Inference takes any number of rows.
    [Fact]
    public void Groups_are_strided_as_in_TensorFlow_or_contiguous_and_inference_knows_none()
    {
        BatchNormalization strided = Built(new BatchNormalization(BatchNormalizationDialect.Tf1) { VirtualBatches = new VirtualBatches(2) });
        BatchNormalization contiguous = Built(new BatchNormalization(BatchNormalizationDialect.Tf1) { VirtualBatches = new VirtualBatches(2, Grouping.Contiguous) });

        Assert.Equal([-1, -1, 1, 1], strided.Forward(Column, Mode.Train).Value.ToDoubles().Select(Math.Sign));
        Assert.Equal([-1, 1, -1, 1], contiguous.Forward(Column, Mode.Train).Value.ToDoubles().Select(Math.Sign));
        Assert.Equal(3, strided.Forward(Tensor.From([1.0, 2, 3], [3, 1]), Mode.Inference).Shape[0]);

        // One step towards the mean over the groups; one step for each group in turn would give 0.0498.
        Expect.Near([0.025], strided.MovingMean.Value, 1e-15);
    }

    // Unclipped, x̂·r + d is x itself: ((x·1.05 + 0.1)·2 + 0.5) = 2.8, 4.9, 7, 9.1.
    [Fact]
    public void Adjustment_follows_renormalization_and_goes_before_gamma_and_beta()
    {
        BatchNormalization layer = Built(new BatchNormalization(BatchNormalizationDialect.Tf1)
        {
            Adjustment = Adjust,
            Renorm = new Renorm(),
            GammaInitializer = Initializers.Constant(2),
            BetaInitializer = Initializers.Constant(0.5),
        });

        Expect.Near([2.8, 4.9, 7, 9.1], layer.Forward(Column, Mode.Train with { UpdateStatistics = false }).Value, 1e-14);
        Expect.Near([(2 / Math.Sqrt(1.001)) + 0.5], layer.Forward(Tensor.From([1.0], [1, 1]), Mode.Inference).Value, 1e-15);
    }

    // TensorFlow warns and leaves it out; a model that would silently come back as another one is refused here.
    [Fact]
    public void A_layer_with_an_adjustment_is_not_written()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => new BatchNormalization { Adjustment = Adjust }.GetConfig());

        Assert.Contains("expected a layer that can be saved, got one with an adjustment", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Input_of_any_rank_keeps_its_shape_in_every_mode(int rank)
    {
        Shape input = Shape.Of([.. Enumerable.Range(2, rank - 1)]);
        Tensor x = Catalogue.Sample(input.Prepend(4), Domain.Any, new Rng(1));
        BatchNormalization layer = new(BatchNormalizationDialect.Tf1) { Renorm = new Renorm(), VirtualBatches = new VirtualBatches(2) };
        layer.BuildFor(input, DType.F64, new Rng(0));

        Assert.Equal(x.Shape, layer.Forward(x, Mode.Train).Shape);
        Assert.Equal(x.Shape, layer.Forward(x, Mode.Inference).Shape);
    }

    [Theory]
    [InlineData(FreezePolicy.StatisticsMove, -1.341104452, 0.025)]
    [InlineData(FreezePolicy.Inference, 0.999500375, 0)]
    public void Not_trainable_means_that_statistics_move_on_or_inference_by_policy(FreezePolicy policy, double first, double mean)
    {
        BatchNormalization layer = Built(new BatchNormalization(BatchNormalizationDialect.Tf1) { Trainable = false, Freeze = policy });

        Tensor y = layer.Forward(Column, Mode.Train).Value;

        Assert.Equal(first, y[0, 0], Expect.Printed);
        Expect.Near([mean], layer.MovingMean.Value, 1e-15);
        Assert.Empty(layer.TrainableParameters);
        Assert.Equal(FreezePolicy.StatisticsMove, Tf1().Freeze);
        Assert.Equal(FreezePolicy.Inference, new BatchNormalization().Freeze);
    }

    [Theory]
    [InlineData(true, -1.341104452)]
    [InlineData(false, 0.999500375)]
    public void Training_says_whose_statistics_normalize(bool training, double first) =>
        Assert.Equal(first, Built(new BatchNormalization(BatchNormalizationDialect.Tf1) { Training = training }).Forward(Column, training ? Mode.Inference : Mode.Train).Value[0, 0], Expect.Printed);

    private static (Variable Scale, Variable Bias) Adjust(Shape shape) => (Tensor.Scalar(1.05, DType.F64), Tensor.Scalar(0.1, DType.F64));

    private static BatchNormalization Tf1() => new(BatchNormalizationDialect.Tf1);

    private static BatchNormalization Read(string config) =>
        (BatchNormalization)LayerJson.FromJson(new JsonObject
        {
            ["class_name"] = "Sequential",
            ["config"] = new JsonObject { ["layers"] = new JsonArray(new JsonObject { ["class_name"] = "BatchNormalization", ["config"] = JsonNode.Parse(config) }) },
        }.ToJsonString()).Layers[0];

    private static BatchNormalization Built(BatchNormalization layer)
    {
        layer.BuildFor([1], DType.F64, new Rng(0));
        return layer;
    }

    public static TheoryData<DType, double, int[], int[]> FusedCases()
    {
        // Features, rows and images; the first kept axis, the last, and several.
        (int[] Shape, int[] Axis)[] cases = [([5], [-1]), ([3, 4], [1]), ([3, 4], [-1]), ([3, 4], [1, 2]), ([3, 2, 4], [1]), ([3, 2, 4], [-1]), ([3, 2, 4], [1, 3]), ([3, 2, 4], [1, 2, 3])];
        TheoryData<DType, double, int[], int[]> data = [];
        foreach ((int[] shape, int[] axis) in cases)
        {
            data.Add(DType.F32, 1e-6, shape, axis);
            data.Add(DType.F64, 1e-12, shape, axis);
        }

        return data;
    }

    // E10: a choice of how, never of what; the biased variance is averaged either way.
    [Theory]
    [MemberData(nameof(FusedCases))]
    public void Fused_and_composed_agree_in_value_gradients_and_statistics(DType dtype, double tolerance, int[] shape, int[] axis)
    {
        (Tensor Value, Tensor[] Gradients, BatchNormalization Layer) Run(bool fused)
        {
            BatchNormalization layer = new() { Fused = fused, Axis = Axes.Of(axis), GammaInitializer = Initializers.Constant(1.5), BetaInitializer = Initializers.Constant(-0.25) };
            layer.BuildFor(Shape.Of(shape), dtype, new Rng(0));
            Shape batch = Shape.Of(shape).Prepend(6);
            Tensor input = Catalogue.Sample(batch, Domain.NoTies, new Rng(1)).Cast(dtype), upstream = Catalogue.Sample(batch, Domain.Any, new Rng(2)).Cast(dtype);
            using Tape tape = new();
            Variable x = tape.Watch(input);
            Variable y = layer.Forward(x, Mode.Train);
            Variable[] gradients = tape.Gradient(y, [x, tape.Watch(layer.Gamma!), tape.Watch(layer.Beta!)], upstream);
            Assert.Equal(fused, tape.Entries.Any(entry => entry.Rule.Name == nameof(Op.Normalize)));
            return (y.Detach(), [.. gradients.Select(gradient => gradient.Detach())], layer);
        }

        (Tensor value, Tensor[] gradients, BatchNormalization composed) = Run(fused: false);
        (Tensor fusedValue, Tensor[] fusedGradients, BatchNormalization fused) = Run(fused: true);

        Expect.Close(value, fusedValue, tolerance, "y");
        for (int i = 0; i < gradients.Length; i++) Expect.Close(gradients[i], fusedGradients[i], tolerance, $"gradient {i}");
        Expect.Close(composed.MovingMean.Value, fused.MovingMean.Value, tolerance, "moving mean");
        Expect.Close(composed.MovingVariance.Value, fused.MovingVariance.Value, tolerance, "moving variance");
    }
}
