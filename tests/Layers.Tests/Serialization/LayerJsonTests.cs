using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

public class LayerJsonTests
{
    public static TheoryData<string> Models() => ["first", "second", "printed", "before flatten", "plain"];

    [Theory]
    [MemberData(nameof(Models))]
    public void The_books_models_read_back_equal(string name)
    {
        Sequential model = name switch
        {
            "first" => BookModels.First(names: new Names { ["sequential"] = 3, ["dense"] = 50 }),
            "second" => BookModels.Second(printed: false),
            "printed" => BookModels.Second(printed: true),
            "before flatten" => BookModels.FirstBeforeFlatten([1, 2]),
            _ => BookModels.Plain(),
        };
        string json = LayerJson.ToJson(model);

        Model read = LayerJson.FromJson(json, seed: model.Seed);

        Assert.Equal(json, LayerJson.ToJson(read));
        Assert.Equal(model.Summary(), read.Summary());
        Assert.Equal(model.Name, read.Name);
        Assert.Equal(model.Parameters.Select(parameter => parameter.ToString()), read.Parameters.Select(parameter => parameter.ToString()));
        foreach ((Parameter a, Parameter b) in model.Parameters.Zip(read.Parameters)) Expect.SameBits(a.Value, b.Value);
    }

    [Fact]
    public Task The_text_is_that_of_Keras()
    {
        Sequential model = new([2, 2], dtype: DType.F64)
        {
            new BatchNormalization { Axis = [1, 2], Momentum = 0.9, Trainable = false },
            new Flatten(),
            new Dropout(0.25) { Training = true },
            new Dense(3) { Activation = Activations.EluWith(0.5), KernelInitializer = Initializers.HeNormal, BiasInitializer = Initializers.Constant(0.1) },
            new Activation(Activations.Softmax),
        };

        return Verifier.Verify(LayerJson.ToJson(model));
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Nested_models_read_back(DType dtype)
    {
        Sequential model = new([4], dtype: dtype) { new Dense(3), new Sequential { new BatchNormalization(), new Dense(2) } };
        string json = LayerJson.ToJson(model);

        Model read = LayerJson.FromJson(json);

        Assert.Equal(json, LayerJson.ToJson(read));
        Assert.Equal(model.Parameters.Select(parameter => parameter.ToString()), read.Parameters.Select(parameter => parameter.ToString()));
        Assert.Equal(dtype, read.Forward(Tensor.Zeros([1, 4], dtype), Mode.Train).DType);
    }

    [Fact]
    public void A_model_without_an_input_shape_reads_back_unbuilt()
    {
        string json = LayerJson.ToJson(new Sequential { new Dense(3) });

        Model read = LayerJson.FromJson(json);

        Assert.False(read.IsBuilt);
        Assert.Equal(json, LayerJson.ToJson(read));
    }

    [Fact]
    public void Flags_read_back()
    {
        Sequential model = new([4]) { new BatchNormalization { Trainable = false }, new BatchNormalization { Training = false }, new Dense(2) };

        Model read = LayerJson.FromJson(LayerJson.ToJson(model));

        Assert.Equal([false, true, true], read.Layers.Select(layer => layer.Trainable));
        Assert.Equal([null, false, null], read.Layers.Select(layer => layer.Training));
        Assert.Equal(model.TrainableParameters.Count, read.TrainableParameters.Count);
    }

    // As tf.keras 2 writes it: initializers as objects, regularizers and constraints null, data_format and dtype beside them, versions at the top.
    private const string Keras =
        """
        {"class_name": "Sequential", "keras_version": "2.2.4-tf", "backend": "tensorflow", "config": {"name": "sequential_3", "layers": [
          {"class_name": "Flatten", "config": {"name": "flatten_3", "trainable": true, "batch_input_shape": [null, 28, 28], "dtype": "float32", "data_format": "channels_last"}},
          {"class_name": "BatchNormalization", "config": {"name": "batch_normalization_v2", "trainable": true, "dtype": "float32", "axis": [1], "momentum": 0.99, "epsilon": 0.001,
            "center": true, "scale": true, "beta_initializer": {"class_name": "Zeros", "config": {}}, "gamma_initializer": {"class_name": "Ones", "config": {}},
            "moving_mean_initializer": {"class_name": "Zeros", "config": {}}, "moving_variance_initializer": {"class_name": "Ones", "config": {}},
            "beta_regularizer": null, "gamma_regularizer": null, "beta_constraint": null, "gamma_constraint": null}},
          {"class_name": "Dense", "config": {"name": "dense_50", "trainable": true, "dtype": "float32", "units": 300, "activation": "elu", "use_bias": true,
            "kernel_initializer": {"class_name": "HeNormal", "config": {"seed": null}}, "bias_initializer": {"class_name": "Zeros", "config": {}},
            "kernel_regularizer": null, "bias_regularizer": null, "activity_regularizer": null, "kernel_constraint": null, "bias_constraint": null}},
          {"class_name": "Dense", "config": {"name": "dense_51", "units": 10, "activation": "softmax", "kernel_initializer": "he_normal", "bias_initializer": "zeros"}}
        ]}}
        """;

    [Fact]
    public void Text_that_Keras_wrote_is_read()
    {
        Model model = LayerJson.FromJson(Keras);

        Assert.Equal("sequential_3", model.Name);
        Assert.Equal([28, 28], model.InputShape);
        Assert.Equal(["Flatten()", "BatchNormalization(axis: 1)", "Dense(300, activation: elu)", "Dense(10, activation: softmax)"], model.Layers.Select(layer => layer.ToString()));
        Assert.Same(Initializers.HeNormal, ((Dense)model.Layers[2]).KernelInitializer);
        Assert.Same(Initializers.HeNormal, ((Dense)model.Layers[3]).KernelInitializer);
        Assert.Equal("dense_50/kernel", model.Layers[2].Parameters[0].Name);
    }

    [Fact]
    public void Missing_keys_are_the_defaults_of_Keras()
    {
        Dense dense = (Dense)Read("Dense", "\"units\": 3");
        BatchNormalization normalization = (BatchNormalization)Read("BatchNormalization", "");

        Assert.Equal("Dense(3)", dense.ToString());
        Assert.Same(Initializers.GlorotUniform, dense.KernelInitializer);
        Assert.Equal("BatchNormalization()", normalization.ToString());
        Assert.Equal("dense", dense.Name);
    }

    [Theory]
    [InlineData("\"glorot_uniform\"", "GlorotUniform")]
    [InlineData("\"GlorotUniform\"", "GlorotUniform")]
    [InlineData("\"zeros\"", "Zeros")]
    [InlineData("{\"class_name\": \"Constant\", \"config\": {\"value\": 0.5}}", "Constant")]
    public void Initializers_are_read_in_both_spellings(string written, string className) =>
        Assert.Equal(className, ((Dense)Read("Dense", $"\"units\": 3, \"kernel_initializer\": {written}")).KernelInitializer.ClassName);

    public static TheoryData<string> EveryInitializer =>
    [
        .. ((Initializer[])[
            .. Initializers.All, Initializers.Constant(0.5), new VarianceScaling(2, ScalingMode.FanAvg, Distribution.UntruncatedNormal), new VarianceScaling(), new RandomNormal(0.5, 0.2),
            new TruncatedNormal(0.5, 0.2), new RandomUniform(0.2, 0.8), new Orthogonal(1.5), new Identity(1.5)])
            .Select(initializer => LayerJson.ToJson(new Sequential([2]) { new Dense(2) { KernelInitializer = initializer } })),
    ];

    [Theory]
    [MemberData(nameof(EveryInitializer))]
    public void Every_initializer_reads_back_with_its_arguments(string json) => Assert.Equal(json, LayerJson.ToJson(LayerJson.FromJson(json)));

    [Theory]
    [InlineData("\"orthogonal\"", "Orthogonal", "{\"gain\":1}")]
    [InlineData("\"random_normal\"", "RandomNormal", "{\"mean\":0,\"stddev\":0.05}")]
    [InlineData("\"variance_scaling\"", "VarianceScaling", "{\"scale\":1,\"mode\":\"fan_in\",\"distribution\":\"truncated_normal\"}")]
    [InlineData("{\"class_name\": \"RandomUniform\", \"config\": {\"minval\": -0.05, \"maxval\": 0.05, \"seed\": null, \"dtype\": \"float32\"}}", "RandomUniform", "{\"minval\":-0.05,\"maxval\":0.05}")]
    [InlineData("{\"class_name\": \"VarianceScaling\", \"config\": {\"scale\": 2.0, \"mode\": \"fan_avg\", \"distribution\": \"normal\", \"seed\": 42}}", "VarianceScaling", "{\"scale\":2,\"mode\":\"fan_avg\",\"distribution\":\"truncated_normal\"}")]
    public void Initializers_are_read_with_Kerass_defaults(string written, string className, string config)
    {
        Initializer initializer = ((Dense)Read("Dense", $"\"units\": 3, \"kernel_initializer\": {written}")).KernelInitializer;

        Assert.Equal(className, initializer.ClassName);
        Assert.Equal(config, initializer.GetConfig().ToJsonString());
    }

    public static TheoryData<string, string> Functions
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (ActivationFunction function in (ActivationFunction[])[.. Activations.All, Activations.EluWith(0.5), Activations.LeakyReluWith(0.01), Activations.ApproximateGelu, Activations.HardSigmoidWith(0.25), Activations.ThresholdedRelu(0.5)])
            {
                data.Add(function.ToString(), LayerJson.ToJson(new Sequential([2]) { new Activation(function) }));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Every_activation_reads_back_with_its_argument(string text, string json)
    {
        Model read = LayerJson.FromJson(json);

        Assert.Equal(text, ((Activation)read.Layers[0]).Function.ToString());
        Assert.Equal(json, LayerJson.ToJson(read));
    }

    [Theory]
    [InlineData("\"swish\"", "silu")]
    [InlineData("\"LeakyReLU\"", "leaky_relu(negative_slope: 0.3)")]
    [InlineData("{\"class_name\": \"LeakyReLU\", \"config\": {\"name\": \"leaky_re_lu\", \"trainable\": true, \"dtype\": \"float32\", \"alpha\": 0.1}}", "leaky_relu(negative_slope: 0.1)")]
    [InlineData("{\"class_name\": \"LeakyReLU\", \"config\": {\"negative_slope\": 0.1}}", "leaky_relu(negative_slope: 0.1)")]
    [InlineData("{\"class_name\": \"ELU\", \"config\": {\"alpha\": 0.5}}", "elu(alpha: 0.5)")]
    [InlineData("{\"class_name\": \"ThresholdedReLU\", \"config\": {\"theta\": 0.5}}", "thresholded_relu(theta: 0.5)")]
    [InlineData("{\"class_name\": \"gelu\", \"config\": {\"approximate\": false}}", "gelu")]
    [InlineData("{\"class_name\": \"hard_sigmoid\"}", "hard_sigmoid")]
    public void Activations_are_read_in_the_spellings_of_Keras(string written, string function) =>
        Assert.Equal(function, ((Activation)Read("Activation", $"\"activation\": {written}")).Function.ToString());

    [Fact]
    public void A_constraint_is_read_in_any_spelling()
    {
        const string Written = "{\"class_name\": \"non_neg\", \"config\": {}}";

        Assert.IsType<NonNeg>(((BatchNormalization)Read("BatchNormalization", $"\"gamma_constraint\": {Written}")).GammaConstraint);
    }

    [Fact]
    public void Regularizers_and_constraints_read_back_from_any_weight_and_output()
    {
        Sequential model = new([4])
        {
            new Embedding(5, 3) { EmbeddingsRegularizer = new L1(0.1), EmbeddingsConstraint = new UnitNorm(1) },
            new LayerNormalization { GammaRegularizer = new L2(0.2), BetaRegularizer = new L1L2(0.1, 0.2), GammaConstraint = new NonNeg(), BetaConstraint = new MaxNorm(3) },
            new PRelu { AlphaRegularizer = new L2(), AlphaConstraint = new MinMaxNorm(0.1, 0.9, 0.5, [0, 1]) },
            new Flatten { ActivityRegularizer = new L1L2(0.3) },
            new Dense(2) { KernelRegularizer = new OrthogonalRegularizer(0.5, OrthogonalMode.Columns), BiasRegularizer = new L2(0.3), KernelConstraint = new MaxNorm(1, [0, 1]), BiasConstraint = new NonNeg() },
        };
        string json = LayerJson.ToJson(model);

        Model read = LayerJson.FromJson(json);

        Assert.Equal(json, LayerJson.ToJson(read));
        string Terms(Model of) => string.Join(' ', of.Parameters.Select(weight => $"{weight.Regularizer?.GetConfig().ToJsonString()} {weight.Constraint?.GetConfig().ToJsonString()}"));
        Assert.Equal(Terms(model), Terms(read));
        Assert.Equal(new L1L2(0.3).GetConfig().ToJsonString(), read.Layers[3].ActivityRegularizer!.GetConfig().ToJsonString());
    }

    // tf.keras takes "l2" for L2 with its default, "l1_l2" for its function of that name, whose defaults are others than the class's, and writes "L2" since version 2.4, "L1L2" before.
    [Theory]
    [InlineData("\"l2\"", "L2", "{\"l2\":0.01}")]
    [InlineData("{\"class_name\": \"L2\", \"config\": {\"l2\": 0.001}}", "L2", "{\"l2\":0.001}")]
    [InlineData("{\"class_name\": \"L1L2\", \"config\": {\"l1\": 0.0, \"l2\": 0.25}}", "L1L2", "{\"l1\":0,\"l2\":0.25}")]
    [InlineData("\"l1_l2\"", "L1L2", "{\"l1\":0.01,\"l2\":0.01}")]
    [InlineData("\"L1L2\"", "L1L2", "{\"l1\":0,\"l2\":0}")]
    public void A_regularizer_is_read_in_the_spellings_of_Keras(string written, string className, string config)
    {
        Regularizer regularizer = ((Dense)Read("Dense", $"\"units\": 3, \"kernel_regularizer\": {written}")).KernelRegularizer!;

        Assert.Equal(className, regularizer.ClassName);
        Assert.Equal(config, regularizer.GetConfig().ToJsonString());
    }

    [Theory]
    [InlineData("not JSON", "nonsense", "line 1")]
    [InlineData("two layers of one key", """{"class_name": "Sequential", "config": {"layers": [], "layers": []}}""", "layers")]
    [InlineData("a list", "[]", "class_name")]
    [InlineData("half a surrogate pair as a name", """{"class_name": "Sequential", "config": {"name": "\ud800", "layers": []}}""", "Unicode")]
    [InlineData("half a surrogate pair as a key", """{"class_name": "Sequential", "config": {"\ud800": 1, "layers": []}}""", "Unicode")]
    [InlineData("no class", """{"config": {}}""", "class_name")]
    [InlineData("a single layer", """{"class_name": "Flatten", "config": {}}""", "Sequential or Functional at the top")]
    [InlineData("no layers", """{"class_name": "Sequential", "config": {}}""", "\"layers\"")]
    [InlineData("a layer that is null", """{"class_name": "Sequential", "config": {"layers": [null]}}""", "layer 1")]
    [InlineData("an input shape of text", """{"class_name": "Sequential", "config": {"layers": [{"class_name": "Flatten", "config": {"batch_input_shape": [null, "a"]}}]}}""", "batch_input_shape")]
    [InlineData("an input shape with a fraction", """{"class_name": "Sequential", "config": {"layers": [{"class_name": "Flatten", "config": {"batch_input_shape": [null, 1.5]}}]}}""", "batch_input_shape")]
    [InlineData("a layer that is a number", """{"class_name": "Sequential", "config": {"layers": [3]}}""", "layer 1")]
    [InlineData("a layer without config", """{"class_name": "Sequential", "config": {"layers": [{"class_name": "Flatten"}]}}""", "Flatten")]
    [InlineData("the same name twice", """{"class_name": "Sequential", "config": {"layers": [{"class_name": "Flatten", "config": {"name": "a"}}, {"class_name": "Flatten", "config": {"name": "a"}}]}}""", "'a'")]
    public void A_text_that_is_no_model_is_refused(string what, string json, string named)
    {
        string message = Assert.Throws<FormatException>(() => LayerJson.FromJson(json)).Message;

        Assert.True(message.Contains(named, StringComparison.Ordinal), $"{what}: {message}");
        Assert.Contains(": expected ", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Convolution", "", "layer 1: expected \"class_name\" to be one of ")]
    [InlineData("Dense", "", "Dense 'x': expected \"units\" to be a whole number, got nothing.")]
    [InlineData("Dense", "\"units\": \"3\"", "Dense 'x': expected \"units\" to be a whole number, got \"3\".")]
    [InlineData("Dense", "\"units\": 2.5", "Dense 'x': expected \"units\" to be a whole number, got 2.5.")]
    [InlineData("Dense", "\"units\": null", "Dense 'x': expected \"units\" to be a whole number, got ")]
    [InlineData("Dense", "\"units\": 0", "layer 1: Dense: expected 1 unit or more, got 0.")]
    [InlineData("Dense", "\"units\": 3, \"use_bias\": 1", "Dense 'x': expected \"use_bias\" to be true or false, got 1.")]
    [InlineData("Dense", "\"units\": 3, \"unit\": 4", "Dense 'x': expected \"unit\" to be one of the keys ")]
    [InlineData("Dense", "\"units\": 3, \"activation\": \"squash\"", "Dense 'x': expected \"activation\" to be one of linear, elu, ")]
    [InlineData("Dense", "\"units\": 3, \"kernel_initializer\": \"magic\"", "Dense 'x': expected \"kernel_initializer\" to be one of Zeros, ")]
    [InlineData("Dense", "\"units\": 3, \"kernel_initializer\": {\"class_name\": \"Orthogonal\", \"config\": {\"gian\": 2}}", "Dense 'x', kernel_initializer: expected \"gian\" to be one of the keys gain, ")]
    [InlineData("Dense", "\"units\": 3, \"kernel_initializer\": {\"class_name\": \"VarianceScaling\", \"config\": {\"scale\": -1}}", "layer 1: VarianceScaling: expected a finite scale above 0, got -1.")]
    [InlineData("Dense", "\"units\": 3, \"kernel_initializer\": {}", "Dense 'x': expected \"kernel_initializer\" to be a text, got null.")]
    [InlineData("Dense", "\"units\": 3, \"kernel_initializer\": 3", "Dense 'x': expected \"kernel_initializer\" to be a text, got 3.")]
    [InlineData("Dense", "\"units\": 3, \"kernel_regularizer\": {\"class_name\": \"L3\"}", "Dense 'x': expected \"kernel_regularizer\" to be an object whose class_name is L1, L2, L1L2, OrthogonalRegularizer, got 'L3'.")]
    [InlineData("Dense", "\"units\": 3, \"activity_regularizer\": {\"class_name\": \"L2\", \"config\": {\"l1\": 0.1}}", "Dense 'x', activity_regularizer: expected \"l1\" to be one of the keys l2, ")]
    [InlineData("Dense", "\"units\": 3, \"bias_constraint\": {\"class_name\": \"MinMaxNorm\", \"config\": {\"rate\": 2}}", "layer 1: MinMaxNorm: expected 0 <= least <= most and a rate from 0 to 1, got 0, 1 and 2.")]
    [InlineData("Dense", "\"units\": 3, \"units\": 4", "units")]
    [InlineData("BatchNormalization", "\"axis\": \"last\"", "BatchNormalization 'x': expected \"axis\" to be a whole number, got \"last\".")]
    [InlineData("BatchNormalization", "\"axis\": []", "layer 1: BatchNormalization: expected an axis to keep, got none.")]
    [InlineData("BatchNormalization", "\"momentum\": 2", "layer 1: BatchNormalization: expected Momentum to be a number from 0 to 1, got 2.")]
    [InlineData("BatchNormalization", "\"gamma_constraint\": {\"class_name\": \"UnitBall\", \"config\": {}}", "BatchNormalization 'x': expected \"gamma_constraint\" to be an object whose class_name is NonNeg, MaxNorm, UnitNorm, MinMaxNorm, got 'UnitBall'.")]
    [InlineData("BatchNormalization", "\"renorm\": 1", "BatchNormalization 'x': expected \"renorm\" to be true or false, got 1.")]
    [InlineData("BatchNormalization", "\"renorm\": true, \"renorm_clipping\": {\"rmax\": 2, \"wmax\": 1}", "BatchNormalization 'x': Received invalid keys for `renorm_clipping`: expected rmax, rmin, dmax, got 'wmax'.")]
    [InlineData("BatchNormalization", "\"renorm\": true, \"renorm_clipping\": {\"rmax\": 1, \"rmin\": 2}", "layer 1: Renorm: expected 0 <= rmin <= rmax, got rmin 2 and rmax 1.")]
    [InlineData("Dropout", "\"rate\": 1", "layer 1: Dropout: expected a rate from 0 up to, not including, 1, got 1.")]
    [InlineData("Activation", "\"activation\": {\"class_name\": \"elu\", \"config\": {\"alpha\": \"a\"}}", "Activation 'x', activation: expected \"alpha\" to be a number, got \"a\".")]
    [InlineData("Activation", "\"activation\": {\"class_name\": \"elu\", \"config\": {\"alhpa\": 0.5}}", "Activation 'x', activation: expected \"alhpa\" to be one of the keys alpha, name, trainable, got this one.")]
    [InlineData("Activation", "\"activation\": {\"class_name\": \"relu\", \"config\": {}}", "Activation 'x': expected \"activation\" to be an object whose class_name is elu, leaky_relu, gelu, hard_sigmoid, thresholded_relu, got 'relu'.")]
    [InlineData("Activation", "\"activation\": {\"class_name\": \"ThresholdedReLU\", \"config\": {\"theta\": -1}}", "layer 1: Activations.ThresholdedRelu: expected theta of 0 or more, got -1.")]
    [InlineData("Activation", "\"activation\": [1]", "Activation 'x': expected \"activation\" to be a text, got [1].")]
    [InlineData("Flatten", "\"trainable\": \"yes\"", "Flatten 'x': expected \"trainable\" to be true or false, got \"yes\".")]
    [InlineData("Flatten", "\"training\": 0", "Flatten 'x': expected \"training\" to be true or false, got 0.")]
    public void Errors_name_the_layer_and_the_key(string className, string config, string expected)
    {
        string message = Assert.Throws<FormatException>(() => Read(className, $"\"name\": \"x\"{(config.Length > 0 ? ", " : "")}{config}")).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static Layer Read(string className, string config) =>
        LayerJson.FromJson($$"""{ "class_name": "Sequential", "config": { "layers": [ { "class_name": "{{className}}", "config": { {{config}} } } ] } }""").Layers[0];
}
