using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

/// <summary>What holds for every layer: each sample of each row of the catalogue goes through.</summary>
public partial class LayerContractTests
{
    private const int BatchSize = 4;

    /// <summary>The parameters that a class declares, in order, where no option takes one away.</summary>
    private static readonly Dictionary<string, string[]> Declared = new()
    {
        ["Flatten"] = [],
        ["Dense"] = ["kernel", "bias"],
        ["Activation"] = [],
        ["BatchNormalization"] = ["gamma", "beta", "moving_mean", "moving_variance"],
        ["Scale"] = ["gamma", "beta"],
        ["Dropout"] = [],
        ["LayerNormalization"] = ["gamma", "beta"],
        ["RMSNormalization"] = ["scale"],
        ["PReLU"] = ["alpha"],
        ["GaussianNoise"] = [],
        ["GaussianDropout"] = [],
        ["AlphaDropout"] = [],
        ["Reshape"] = [],
        ["Permute"] = [],
        ["RepeatVector"] = [],
        ["Rescaling"] = [],
        ["Embedding"] = ["embeddings"],
        ["ActivityRegularization"] = [],
        ["Normalization"] = ["mean", "variance"],
        ["PerImageStandardization"] = [],
        ["PerBatchStandardization"] = [],
        ["Whitening"] = ["mean", "matrix"],
        ["RandomTranslation"] = [],
        ["RandomRotation"] = [],
        ["Lambda"] = [],
        ["InputLayer"] = [],
        ["Add"] = [],
        ["Subtract"] = [],
        ["Multiply"] = [],
        ["Average"] = [],
        ["Maximum"] = [],
        ["Minimum"] = [],
        ["Concatenate"] = [],
        ["Dot"] = [],
    };

    public static TheoryData<string, int> Samples()
    {
        TheoryData<string, int> data = [];
        foreach (LayerRow row in LayerCatalogue.Layers)
        {
            for (int i = 0; i < row.Samples.Count; i++) data.Add(row.ClassName, i);
        }

        return data;
    }

    public static TheoryData<string, int> RowsAndOrders()
    {
        TheoryData<string, int> data = [];
        foreach (LayerRow row in LayerCatalogue.Layers)
        {
            data.Add(row.ClassName, 1);
            data.Add(row.ClassName, 2);
        }

        return data;
    }

    [Fact]
    public void Every_layer_has_a_row_and_every_row_a_layer()
    {
        string[] layers =
        [
            .. typeof(Layer).Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(Layer)) && !type.IsAbstract && !type.IsSubclassOf(typeof(Model)))
                .Select(type => type.Name),
        ];

        Assert.All(LayerCatalogue.Layers, row => Assert.NotEmpty(row.Samples));
        Assert.Equal(layers.Order(), LayerCatalogue.Layers.Select(row => row.Samples[0].Create().GetType().Name).Order());
        Assert.All(LayerCatalogue.Layers, row => Assert.All(row.Samples, sample => Assert.Equal(row.ClassName, sample.Create().ClassName)));
    }

    [Fact]
    public void Every_layer_is_abstract_or_sealed() =>
        Assert.All(typeof(Layer).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Layer))), type => Assert.True(type.IsSealed || type.IsAbstract, type.Name));

    [Theory]
    [MemberData(nameof(RowsAndOrders))]
    public void Gradients_agree_with_finite_differences(string className, int order)
    {
        GradientReport report = LayerCatalogue.Find(className)!.Check(order);

        Assert.True(report.Passed, report.ToString());
        Assert.Equal(order, report.Order);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void The_output_has_the_shape_that_was_announced(string className, int index)
    {
        (Layer layer, Variable[] inputs) = Built(className, index);

        Variable trained = layer.Forward(inputs, Mode.Train);
        Variable inferred = layer.Forward(inputs, Mode.Inference);

        Shape expected = layer.OutputShape(layer.InputShapes).Prepend(BatchSize);
        Assert.Equal(expected, trained.Shape);
        Assert.Equal(expected, inferred.Shape);
        Assert.Equal(DType.F64, trained.DType);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Any_number_of_rows_is_taken(string className, int index)
    {
        (Layer layer, Variable[] inputs) = Built(className, index);

        foreach (int rows in (int[])[1, 3])
        {
            Assert.Equal(layer.OutputShape(layer.InputShapes).Prepend(rows), layer.Forward(Rows(inputs, 0, rows), Mode.Inference).Shape);
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Parameters_are_named_and_ordered_as_declared(string className, int index)
    {
        LayerSample sample = LayerCatalogue.Find(className)!.Samples[index];
        Functional model = Alone(sample);
        Layer layer = model.Layers[^1];

        // Dialects name and order their variables as their libraries do: Normalization/DialectTests.
        if (layer is BatchNormalization { Dialect.Name: not "keras" } or BatchNormalization { Renorm: not null }) return;

        // Options can leave a parameter out, never reorder them; the name before the slash is the layer's.
        string[] names = [.. layer.Parameters.Select(parameter => parameter.Name)];
        string[] declared = [.. Declared[className].Select(local => $"{layer.Name}/{local}").Where(names.Contains)];
        Assert.Equal(declared, names);
        Assert.All(layer.Parameters, parameter => Assert.Equal(
            parameter.Name.Contains("/moving_", StringComparison.Ordinal) || className is "Normalization" or "Whitening" ? ParameterRole.State : ParameterRole.Weight, parameter.Role));
    }

    /// <summary>Without those that hold a function of their user's, which no configuration can.</summary>
    public static TheoryData<string, int> WritableSamples()
    {
        TheoryData<string, int> data = [];
        foreach (object[] sample in Samples())
        {
            if (LayerCatalogue.Find((string)sample[0])!.Samples[(int)sample[1]].IsWritable) data.Add((string)sample[0], (int)sample[1]);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(WritableSamples))]
    public void The_configuration_reads_back_to_an_equal_layer(string className, int index)
    {
        LayerSample sample = LayerCatalogue.Find(className)!.Samples[index];
        Functional model = Alone(sample, DType.F64);
        string json = LayerJson.ToJson(model);

        Model read = LayerJson.FromJson(json);

        Assert.Equal(json, LayerJson.ToJson(read));
        Assert.Equal(model.Layers[^1].ToString(), read.Layers[^1].ToString());
        Assert.Equal(model.DType, read.DType);
        Assert.Equal(model.Parameters.Select(Describe), read.Parameters.Select(Describe));
    }

    [Fact]
    public void Only_a_function_of_ones_own_keeps_a_layer_from_being_written() =>
        Assert.All(LayerCatalogue.Layers.SelectMany(row => row.Samples), sample => Assert.Equal(sample.Create() is BatchNormalization { Adjustment: not null } or Lambda, !sample.IsWritable));

    [Theory]
    [MemberData(nameof(WritableSamples))]
    public void Configuration_keys_are_in_snake_case(string className, int index)
    {
        JsonObject config = LayerCatalogue.Find(className)!.Samples[index].Create().GetConfig();

        Assert.NotEmpty(config);
        Assert.All(Keys(config), key => Assert.Matches(SnakeCase(), key));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Inference_is_deterministic_and_leaves_every_parameter_alone(string className, int index)
    {
        (Layer layer, Variable[] inputs) = Built(className, index);
        Tensor[] before = [.. layer.Parameters.Select(parameter => parameter.Value.Clone())];

        Tensor first = layer.Forward(inputs, Mode.Inference).Value;
        Tensor second = layer.Forward(inputs, Mode.Inference).Value;

        Expect.SameBits(first, second);
        for (int i = 0; i < before.Length; i++) Expect.SameBits(before[i], layer.Parameters[i].Value);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Inference_of_a_row_does_not_depend_on_the_others(string className, int index)
    {
        (Layer layer, Variable[] inputs) = Built(className, index);

        Tensor together = layer.Forward(inputs, Mode.Inference).Value;

        // Keras 1's mode 2 is meant to, as is standardization of batches: they look at the batch always.
        if (layer is BatchNormalization { By: NormalizeBy.Batch } or PerBatchStandardization) return;

        for (int row = 0; row < BatchSize; row++)
        {
            Expect.Near(together.Rows(row, 1).ToDoubles(), layer.Forward(Rows(inputs, row, 1), Mode.Inference).Value, 1e-15);
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_training_pass_changes_no_weight_and_no_input(string className, int index)
    {
        (Layer layer, Variable[] inputs) = Built(className, index);
        Parameter[] weights = [.. layer.Parameters.Where(parameter => parameter.Role == ParameterRole.Weight)];
        Tensor[] before = [.. weights.Select(weight => weight.Value.Clone())];
        Tensor[] given = [.. inputs.Select(input => input.Value.Clone())];

        layer.Forward(inputs, Mode.Train);

        for (int i = 0; i < weights.Length; i++) Expect.SameBits(before[i], weights[i].Value);
        for (int i = 0; i < given.Length; i++) Expect.SameBits(given[i], inputs[i].Value);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_trainable_parameter_gets_a_gradient(string className, int index)
    {
        (Layer layer, Variable[] inputs) = Built(className, index);
        using Tape tape = new();
        Variable y = layer.Forward([.. inputs.Select(input => tape.Watch(input.Value))], Mode.Train);

        // Weighted, because softmax and normalization add up to constants.
        Variable loss = Op.Sum(y * Catalogue.Sample(y.Shape, Domain.AwayFromZero, new Rng(3)));
        Gradients gradients = tape.Gradient(loss, layer.TrainableParameters);

        Assert.Equal(layer.Parameters.Count(parameter => parameter.Role == ParameterRole.Weight), gradients.Count);
        Assert.All(gradients, pair =>
        {
            Assert.All(pair.Gradient.ToDoubles(), value => Assert.True(double.IsFinite(value)));
            Assert.Contains(pair.Gradient.ToDoubles(), value => value != 0);
        });
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_frozen_layer_has_no_trainable_parameter_and_unfreezing_trains_its_weights_alone(string className, int index)
    {
        (Layer layer, _) = Built(className, index);

        layer.Trainable = false;
        Assert.Empty(layer.TrainableParameters);
        Assert.Equal(layer.Parameters, layer.NonTrainableParameters);

        layer.Trainable = true;
        Assert.Equal(layer.Parameters.Where(parameter => parameter.Role == ParameterRole.Weight), layer.TrainableParameters);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void F32_agrees_with_F64_to_its_precision(string className, int index)
    {
        (Layer wide, Variable[] inputs) = Built(className, index);
        (Layer narrow, _) = Built(className, index, DType.F32);

        foreach (Mode mode in (Mode[])[Mode.Train, Mode.Inference])
        {
            double[] expected = wide.Forward(inputs, mode).Value.ToDoubles();
            Tensor actual = narrow.Forward(Cast(inputs), mode).Value;
            Assert.Equal(DType.F32, actual.DType);
            Expect.Near(expected, actual, 1.3e-6 * expected.Max(Math.Abs));
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void The_same_stream_builds_the_same_layer(string className, int index)
    {
        (Layer first, Variable[] inputs) = Built(className, index);
        (Layer second, _) = Built(className, index);

        Expect.SameBits(first.Forward(inputs, Mode.Train).Value, second.Forward(inputs, Mode.Train).Value);
        foreach ((Parameter a, Parameter b) in first.Parameters.Zip(second.Parameters)) Expect.SameBits(a.Value, b.Value);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Wrong_input_is_refused_in_the_layers_own_name(string className, int index)
    {
        (Layer layer, Variable[] inputs) = Built(className, index);
        LayerSample sample = LayerCatalogue.Find(className)!.Samples[index];
        Tensor input = inputs[^1].Value;

        // The last of several inputs is the wrong one.
        Variable Forward(Layer of, Tensor last) => of.Forward([.. inputs[..^1], last], Mode.Train);

        string[] messages =
        [
            Assert.Throws<ArgumentException>(() => Forward(layer, Tensor.Zeros(input.Shape.With(-1, input.Shape[-1] + 1), DType.F64))).Message,
            Assert.Throws<ArgumentException>(() => Forward(layer, Tensor.Zeros(input.Shape.Prepend(2), DType.F64))).Message,
            Assert.Throws<ArgumentException>(() => Forward(layer, Tensor.Scalar(1, DType.F64))).Message,
            Assert.Throws<ArgumentException>(() => Forward(layer, input.Cast(DType.F32))).Message,
            Assert.Throws<ArgumentException>(() => layer.Forward([.. inputs, input], Mode.Train)).Message,
            Assert.Throws<InvalidOperationException>(() => Forward(sample.Create(), input)).Message,
            Assert.Throws<InvalidOperationException>(() => layer.BuildFor(sample.InputShapes, DType.F64, new Rng(0))).Message,
            Assert.Throws<ArgumentException>(() => sample.Create().BuildFor(sample.InputShapes, DType.I32, new Rng(0))).Message,
        ];

        Assert.All(messages, message => Assert.StartsWith($"{layer}: expected ", message, StringComparison.Ordinal));
        Assert.All(messages, message => Assert.Contains(", got ", message, StringComparison.Ordinal));
    }

    private static (Layer Layer, Variable[] Inputs) Built(string className, int index, DType dtype = DType.F64)
    {
        LayerSample sample = LayerCatalogue.Find(className)!.Samples[index];
        return (sample.Build(dtype, new Rng(5)), [.. sample.Inputs(BatchSize, new Rng(9)).Select(input => (Variable)input)]);
    }

    /// <summary>A model of that layer alone.</summary>
    private static Functional Alone(LayerSample sample, DType dtype = DType.F32)
    {
        Node[] inputs = [.. sample.InputShapes.Select(shape => Node.Input(shape))];
        return new Functional(inputs, [sample.Create() is InputLayer ? inputs[0] : sample.Create().Apply(inputs)], dtype: dtype);
    }

    private static Variable[] Rows(Variable[] inputs, int first, int count) => [.. inputs.Select(input => (Variable)input.Value.Rows(first, count))];

    private static Variable[] Cast(Variable[] inputs) => [.. inputs.Select(input => (Variable)input.Value.Cast(DType.F32))];

    private static string Describe(Parameter parameter) => $"{parameter} {parameter.Role} {parameter.Trainable}";

    private static IEnumerable<string> Keys(JsonNode? node) => node switch
    {
        JsonObject values => values.SelectMany(pair => Keys(pair.Value).Prepend(pair.Key)),
        JsonArray list => list.SelectMany(Keys),
        _ => [],
    };

    [GeneratedRegex("^[a-z]+[0-9]?(_[a-z]+)*$")]
    private static partial Regex SnakeCase();
}
