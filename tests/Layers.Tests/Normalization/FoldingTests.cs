using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests.Normalization;

/// <summary>The paper's inference network: the folded model is the model, without its batch normalization.</summary>
public class FoldingTests
{
    // G13: 1.5/√(4 + 0.001) = 0.749906268 and 0.2 - 0.749906268·0.7 = -0.324934387.
    [Fact]
    public void A_normalization_that_stands_alone_becomes_its_slope_and_shift()
    {
        Sequential model = Golden(new Sequential([1], dtype: DType.F64) { new BatchNormalization() });

        Sequential folded = Folding.Fold(model);

        Scale scale = Assert.IsType<Scale>(Assert.Single(folded.Layers));
        Expect.Near([0.749906268], scale.Gamma.Value);
        Expect.Near([-0.324934387], scale.Beta.Value);
        Assert.Equal(["batch_normalization_scale/gamma", "batch_normalization_scale/beta"], folded.Parameters.Select(parameter => parameter.Name));
    }

    // G13: behind y = 2x + 1 the slope is 2·0.749906268 and the shift 1·0.749906268 - 0.324934387.
    [Fact]
    public void Behind_a_linear_layer_it_goes_into_that_ones_kernel_and_bias()
    {
        Sequential model = Golden(new Sequential([1], dtype: DType.F64) { new Dense(1), new BatchNormalization() });
        Set(model.Parameters[0], 2);
        Set(model.Parameters[1], 1);

        Dense dense = Assert.IsType<Dense>(Assert.Single(Folding.Fold(model).Layers));

        Expect.Near([1.499812535], dense.Kernel.Value);
        Expect.Near([0.424971880], dense.Bias!.Value);
        Assert.Equal("dense", dense.Name);
    }

    // Before y = 2x + 1 the slope is 2·0.749906268 too, and the shift 2·(-0.324934387) + 1.
    [Fact]
    public void Before_a_layer_it_goes_into_that_ones_kernel_and_bias_whatever_its_activation()
    {
        Sequential model = Golden(new Sequential([1], dtype: DType.F64) { new BatchNormalization(), new Dense(1) { Activation = Activations.Elu } });
        Set(model.Parameters[4], 2);
        Set(model.Parameters[5], 1);

        Dense dense = Assert.IsType<Dense>(Assert.Single(Folding.Fold(model).Layers));

        Expect.Near([1.499812535], dense.Kernel.Value);
        Expect.Near([0.350131225], dense.Bias!.Value);
        Assert.Equal(Activations.Elu, dense.Activation);
    }

    [Fact]
    public void A_layer_without_bias_gets_one()
    {
        Sequential behind = Golden(new Sequential([1], dtype: DType.F64) { new Dense(1) { UseBias = false }, new BatchNormalization() });
        Set(behind.Parameters[0], 2);

        Dense dense = Assert.IsType<Dense>(Assert.Single(Folding.Fold(behind).Layers));

        Expect.Near([-0.324934387], dense.Bias!.Value);
    }

    public static TheoryData<string> Models => [.. Cases.Keys];

    private static readonly Dictionary<string, (Func<Sequential> Make, string Layers)> Cases = new()
    {
        ["after each activation, as in the book's first"] = (
            () => new([2, 3], dtype: DType.F64) { new Flatten(), new BatchNormalization(), Elu(5), new BatchNormalization(), Elu(4), new BatchNormalization(), Softmax() },
            "Flatten Dense Dense Dense"),
        ["before each activation, as in its second"] = (
            () => new([6], dtype: DType.F64) { Linear(5), new BatchNormalization(), new Activation(Activations.Elu), Linear(4), new BatchNormalization(), new Activation(Activations.Elu), Softmax() },
            "Dense Activation Dense Activation Dense"),
        ["by columns before it is flattened"] = (() => new([2, 3], dtype: DType.F64) { new BatchNormalization(), new Flatten(), Softmax() }, "Flatten Dense"),
        ["by rows before it is flattened"] = (() => new([2, 3], dtype: DType.F64) { new BatchNormalization { Axis = 1 }, new Flatten(), Softmax() }, "Flatten Dense"),
        ["by pixels before it is flattened"] = (() => new([2, 3], dtype: DType.F64) { new BatchNormalization { Axis = [1, 2] }, new Flatten(), Softmax() }, "Flatten Dense"),
        ["between nonlinearities"] = (() => new([6], dtype: DType.F64) { Elu(5), new BatchNormalization(), new Activation(Activations.Tanh), Softmax() }, "Dense Scale Activation Dense"),
        ["along an axis that the kernel does not see"] = (() => new([2, 3], dtype: DType.F64) { new BatchNormalization { Axis = 1 }, Elu(4) }, "Scale Dense"),
        ["along several axes that the kernel does not see"] = (() => new([2, 3], dtype: DType.F64) { Linear(4), new BatchNormalization { Axis = [1, 2] }, new Activation(Activations.Elu) }, "Dense Scale Activation"),
        ["with an activation of its own"] = (() => new([6], dtype: DType.F64) { Linear(5), new BatchNormalization { Activation = Activations.Relu }, Softmax() }, "Dense Activation Dense"),
        ["twice"] = (() => new([6], dtype: DType.F64) { Elu(5), new BatchNormalization(), new BatchNormalization(), new Activation(Activations.Elu) }, "Dense Scale Activation"),
        ["twice, by rows and by columns"] = (() => new([2, 3], dtype: DType.F64) { new BatchNormalization { Axis = 1 }, new BatchNormalization { Axis = 2 }, new Activation(Activations.Elu) }, "Scale Activation"),
        ["through dropout, which inference passes over"] = (() => new([6], dtype: DType.F64) { Linear(5), new Dropout(0.5), new BatchNormalization(), new Activation(Activations.Elu) }, "Dense Dropout Activation"),
        ["without center and scale"] = (() => new([6], dtype: DType.F64) { new BatchNormalization { Center = false, Scale = false, Epsilon = 0.1 }, Softmax() }, "Dense"),
        ["with inverse deviations"] = (() => new([6], dtype: DType.F64) { Linear(5), new BatchNormalization(BatchNormalizationDialect.Lasagne), new Activation(Activations.Elu) }, "Dense Activation"),
        ["by reduced axes"] = (() => new([2, 3], dtype: DType.F64) { new BatchNormalization(BatchNormalizationDialect.Lasagne) { Reduce = 0 }, new Activation(Activations.Elu) }, "Scale Activation"),
        ["in a nested model"] = (() => new([6], dtype: DType.F64) { new Sequential(dtype: DType.F64) { Linear(5), new BatchNormalization { Activation = Activations.Elu }, Linear(4) }, new BatchNormalization(), Softmax() }, "Dense Activation Dense Dense"),
        ["with renormalization and virtual batches"] = (() => new([6], dtype: DType.F64) { new BatchNormalization { Renorm = new Renorm() }, Linear(3), new BatchNormalization { VirtualBatches = new VirtualBatches(2) } }, "Dense"),
        ["not at all"] = (() => new([6], dtype: DType.F64) { Elu(5), Softmax() }, "Dense Dense"),
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void The_folded_model_equals_the_inference_model(string name)
    {
        (Func<Sequential> make, string layers) = Cases[name];
        Sequential model = make();
        Rng rng = new(3);
        foreach (Parameter parameter in model.Parameters) parameter.Value.CopyFrom(Catalogue.Sample(parameter.Shape, Domain.Positive, rng));
        Tensor x = Catalogue.Sample(model.InputShape!.Prepend(7), Domain.AwayFromZero, rng);

        Sequential folded = Folding.Fold(model);

        Assert.Equal(layers, string.Join(' ', folded.Layers.Select(layer => layer.GetType().Name)));
        Expect.Close(model.Forward(x, Mode.Inference).Value, folded.Forward(x, Mode.Inference).Value, 1e-12, name);
        Assert.Equal(folded.Parameters.Count, folded.Parameters.Select(parameter => parameter.Name).Distinct().Count());

        // The file's way: the architecture as JSON, and the parameters by name.
        Model read = LayerJson.FromJson(LayerJson.ToJson(folded));
        foreach ((Parameter to, Parameter from) in read.Parameters.Zip(folded.Parameters))
        {
            Assert.Equal(from.Name, to.Name);
            to.Value.CopyFrom(from.Value);
        }

        Expect.SameBits(folded.Forward(x, Mode.Inference).Value, read.Forward(x, Mode.Inference).Value);
    }

    [Fact]
    public void The_model_itself_stays_as_it_is()
    {
        Sequential model = Golden(new Sequential([1], dtype: DType.F64) { new Dense(1), new BatchNormalization() });
        Tensor[] before = [.. model.Parameters.Select(parameter => parameter.Value.Clone())];

        Sequential folded = Folding.Fold(model);
        foreach (Parameter parameter in folded.Parameters) Set(parameter, 9);

        foreach ((Tensor kept, Parameter parameter) in before.Zip(model.Parameters)) Expect.SameBits(kept, parameter.Value);
    }

    // 271,346 parameters less 3,136 + 1,200 + 400 of batch normalization: the model without any.
    [Fact]
    public void The_books_first_model_folds_to_the_size_of_the_one_without_normalization()
    {
        Sequential folded = Folding.Fold(BookModels.First());

        Assert.Equal(266_610, Summary.Count(folded.Parameters));
        Assert.Equal(DType.F32, folded.DType);
        Assert.DoesNotContain(folded.Layers, layer => layer is BatchNormalization or Scale);
    }

    [Fact]
    public void What_has_no_moving_statistics_in_inference_is_refused_by_name()
    {
        Refuses(new BatchNormalization(BatchNormalizationDialect.Keras1) { By = NormalizeBy.Sample }, "'batch_normalization', which normalizes by the sample always");
        Refuses(new BatchNormalization(BatchNormalizationDialect.Keras1) { By = NormalizeBy.Batch }, "'batch_normalization', which normalizes by the batch always");
        Refuses(new BatchNormalization { Training = true }, "which is told to train always");
        Refuses(new BatchNormalization { Epsilon = 0, MovingVarianceInitializer = Initializers.Zeros }, "expected statistics that give finite numbers");
        Refuses(new BatchNormalization(BatchNormalizationDialect.Lasagne) { Reduce = 1, BatchSize = 4 }, "which has some for each place in the batch");
        Assert.Contains("expected a model that has been built", Assert.Throws<InvalidOperationException>(() => Folding.Fold([new BatchNormalization()])).Message, StringComparison.Ordinal);

        static void Refuses(BatchNormalization layer, string message) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => Folding.Fold(new Sequential([2]) { layer })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frozen_layer_that_infers_always_is_folded_although_it_is_told_to_train()
    {
        Sequential model = new([2], dtype: DType.F64) { new BatchNormalization { Training = true, Trainable = false } };

        Assert.IsType<Scale>(Assert.Single(Folding.Fold(model).Layers));
    }

    /// <summary>γ 1.5, β 0.2, mean 0.7 and variance 4 in the model's normalization.</summary>
    private static Sequential Golden(Sequential model)
    {
        BatchNormalization layer = model.Layers.OfType<BatchNormalization>().Single();
        foreach ((Parameter parameter, double value) in layer.Parameters.Zip([1.5, 0.2, 0.7, 4])) Set(parameter, value);
        return model;
    }

    private static void Set(Parameter parameter, double value) => parameter.Value.CopyFrom(Tensor.Full(parameter.Shape, value, parameter.Value.DType));

    private static Dense Elu(int units) => new(units) { Activation = Activations.Elu };

    private static Dense Linear(int units) => new(units) { UseBias = false };

    private static Dense Softmax() => new(3) { Activation = Activations.Softmax };
}
