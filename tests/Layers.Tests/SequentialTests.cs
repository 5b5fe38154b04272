using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

public class SequentialTests
{
    [Fact]
    public void Layers_are_counted_by_class_and_the_first_has_no_number()
    {
        Sequential model = new([4]) { new Dense(3), new BatchNormalization(), new Dense(2), new BatchNormalization(), new Dense(1) };

        Assert.Equal(["dense", "batch_normalization", "dense_1", "batch_normalization_1", "dense_2"], model.Layers.Select(layer => layer.Name));
        Assert.Equal("sequential", model.Name);
        Assert.Equal(["dense/kernel", "dense/bias", "batch_normalization/gamma"], model.Parameters.Take(3).Select(parameter => parameter.Name));
    }

    [Fact]
    public void Chosen_starts_reproduce_the_books_names()
    {
        Names names = new() { ["sequential"] = 3, ["flatten"] = 3, ["dense"] = 50 };
        Sequential model = new([2, 2], names: names) { new Flatten(), new Dense(3), new Dense(2), new Dense(1) };

        Assert.Equal("sequential_3", model.Name);
        Assert.Equal(["flatten_3", "dense_50", "dense_51", "dense_52"], model.Layers.Select(layer => layer.Name));
        Assert.Equal("dense_50/kernel", model.Parameters[0].Name);
    }

    [Fact]
    public void A_chosen_name_is_kept_and_not_counted()
    {
        Sequential model = new([4]) { new Dense(3) { Name = "first" }, new Dense(2) };

        Assert.Equal(["first", "dense"], model.Layers.Select(layer => layer.Name));
        Assert.Equal("first/kernel", model.Parameters[0].Name);
    }

    [Fact]
    public void Two_layers_of_one_name_are_refused()
    {
        Sequential model = new([4]) { new Dense(3) { Name = "same" } };

        string message = Assert.Throws<ArgumentException>(() => model.Add(new Dense(2) { Name = "same" })).Message;

        Assert.StartsWith("Sequential: expected layers of different names, got a second 'same'.", message, StringComparison.Ordinal);
        Assert.Single(model.Layers);
    }

    [Fact]
    public void A_layer_is_part_of_one_model_once()
    {
        Dense layer = new(4);
        Sequential model = new([4]) { layer };

        Assert.Throws<ArgumentException>(() => model.Add(layer));
        Assert.Throws<ArgumentException>(() => new Sequential([4]).Add(layer));
        Assert.Throws<ArgumentException>(() => new Sequential { layer });
        Assert.Throws<ArgumentException>(() => new Sequential { new Activation(Activations.Elu), layer });
    }

    [Fact]
    public void A_layer_that_does_not_take_its_input_is_not_added()
    {
        Sequential model = new([4]) { new Dense(3) };

        Assert.Throws<ArgumentException>(() => model.Add(new BatchNormalization { Axis = 2 }));
        Assert.Single(model.Layers);
        model.Add(new Dense(2));

        Assert.Equal([2], model.OutputShape([4]));
    }

    [Fact]
    public void Layers_are_built_as_soon_as_the_input_shape_is_known()
    {
        Dense known = new(3), unknown = new(3);
        _ = new Sequential([4]) { known };
        _ = new Sequential { unknown };

        Assert.True(known.IsBuilt);
        Assert.False(unknown.IsBuilt);
    }

    [Fact]
    public void Without_an_input_shape_the_first_call_gives_it_and_the_weights_are_the_same()
    {
        Sequential told = Small([4], seed: 3);
        Sequential inferred = Small(null, seed: 3);
        Tensor x = Catalogue.Sample([2, 4], Domain.Any, new Rng(1)).Cast(DType.F32);

        Variable y = inferred.Forward(x, Mode.Inference);

        Expect.SameBits(told.Forward(x, Mode.Inference).Value, y.Value);
        Assert.Equal([4], inferred.InputShape);
        Assert.Throws<ArgumentException>(() => inferred.Forward(Tensor.Zeros([2, 5]), Mode.Inference));
    }

    [Fact]
    public void The_output_is_that_of_the_layers_in_turn()
    {
        Sequential model = Small([4], seed: 3);
        Variable expected = Catalogue.Sample([2, 4], Domain.Any, new Rng(1)).Cast(DType.F32);
        Variable actual = model.Forward(expected, Mode.Inference);

        foreach (Layer layer in model.Layers) expected = layer.Forward(expected, Mode.Inference);

        Expect.SameBits(expected.Value, actual.Value);
    }

    [Fact]
    public void Initial_weights_depend_on_the_seed_and_the_position_alone()
    {
        Sequential model = new([4], seed: 3) { new Dense(4), new Dense(5) };
        Sequential other = new([4], seed: 3) { new BatchNormalization(), new Dense(5) };
        Sequential seeded = new([4], seed: 4) { new Dense(4), new Dense(5) };

        Tensor kernel = ((Dense)model.Layers[1]).Kernel.Value;
        Expect.SameBits(kernel, ((Dense)other.Layers[1]).Kernel.Value);
        Assert.NotEqual(kernel.ToDoubles(), ((Dense)seeded.Layers[1]).Kernel.Value.ToDoubles());
        Assert.NotEqual(((Dense)model.Layers[0]).Kernel.Value.ToDoubles()[..4], kernel.ToDoubles()[..4]);
    }

    [Fact]
    public void Freezing_a_model_freezes_its_layers_and_those_added_later()
    {
        Sequential model = Small([4], seed: 3);
        int weights = model.TrainableParameters.Count;

        model.Trainable = false;
        model.Add(new Dense(1));
        Assert.Empty(model.TrainableParameters);

        model.Trainable = true;
        Assert.Equal(weights + 2, model.TrainableParameters.Count);
        Assert.Equal(2, model.NonTrainableParameters.Count);
    }

    [Fact]
    public void One_layer_can_be_frozen()
    {
        Sequential model = Small([4], seed: 3);

        model.Layers[0].Trainable = false;

        Assert.DoesNotContain(model.TrainableParameters, parameter => parameter.Name.StartsWith("dense/", StringComparison.Ordinal));
        using Tape tape = new();
        Variable y = model.Forward(tape.Constant(Catalogue.Sample([3, 4], Domain.Any, new Rng(1)).Cast(DType.F32)), Mode.Train);
        Assert.Equal(model.TrainableParameters, tape.Gradient(Op.Sum(Op.Square(y)), model.TrainableParameters).Select(pair => pair.Parameter));
    }

    [Fact]
    public void A_nested_models_parameters_begin_with_its_name()
    {
        Sequential built = new([4]) { new Sequential([4]) { new Dense(3) }, new Sequential { new Sequential { new Dense(2) } } };
        Sequential lazy = new() { new Sequential { new Dense(3) }, new Sequential { new Sequential { new Dense(2) } } };
        lazy.Forward(Tensor.Zeros([1, 4]), Mode.Inference);

        string[] expected = ["sequential/dense/kernel", "sequential/dense/bias", "sequential_1/sequential/dense/kernel", "sequential_1/sequential/dense/bias"];
        Assert.Equal(expected, built.Parameters.Select(parameter => parameter.Name));
        Assert.Equal(expected, lazy.Parameters.Select(parameter => parameter.Name));
    }

    [Fact]
    public void A_nested_model_trains_and_normalizes_with_the_outer_one()
    {
        BatchNormalization inner = new();
        Sequential model = new([2], dtype: DType.F64) { new Sequential { inner, new Dense(1) } };
        using Tape tape = new();

        Variable y = model.Forward(tape.Constant(Catalogue.Sample([4, 2], Domain.Any, new Rng(1))), Mode.Train);

        Assert.Equal(4, tape.Gradient(Op.Sum(Op.Square(y)), model.TrainableParameters).Count);
        Assert.NotEqual([0, 0], inner.MovingMean.Value.ToDoubles());
    }

    [Fact]
    public void A_models_own_training_flag_overrides_the_mode_for_its_layers()
    {
        BatchNormalization inner = new();
        Sequential nested = new() { Training = false };
        nested.Add(inner);
        Sequential model = new([2], dtype: DType.F64) { nested };

        model.Forward(Catalogue.Sample([4, 2], Domain.Any, new Rng(1)), Mode.Train);

        Assert.Equal([0, 0], inner.MovingMean.Value.ToDoubles());
    }

    // The normalization takes the mean out again, so that a bias before it changes nothing (batchnorm.md D13); what is left is rounding.
    [Fact]
    public void The_gradient_of_a_bias_before_normalization_is_0()
    {
        Dense dense = new(3);
        Sequential model = new([4], seed: 2, dtype: DType.F64) { dense, new BatchNormalization(), new Activation(Activations.Elu), new Dense(2) };
        using Tape tape = new();
        Variable y = model.Forward(tape.Constant(Catalogue.Sample([5, 4], Domain.Any, new Rng(1))), Mode.Train);

        Gradients gradients = tape.Gradient(Op.Sum(Op.Square(y)), model.TrainableParameters);

        Expect.Near([0, 0, 0], gradients[dense.Bias!], 1e-6);
        Assert.True(gradients[dense.Kernel].ToDoubles().Max(Math.Abs) > 1e-3);
    }

    // With the activation in between, as the book prints its second block, the bias is not redundant.
    [Fact]
    public void The_gradient_of_a_bias_before_an_activation_is_not_0()
    {
        Dense dense = new(3);
        Sequential model = new([4], seed: 2, dtype: DType.F64) { dense, new Activation(Activations.Elu), new BatchNormalization(), new Dense(2) };
        using Tape tape = new();
        Variable y = model.Forward(tape.Constant(Catalogue.Sample([5, 4], Domain.Any, new Rng(1))), Mode.Train);

        Gradients gradients = tape.Gradient(Op.Sum(Op.Square(y)), model.TrainableParameters);

        Assert.True(gradients[dense.Bias!].ToDoubles().Max(Math.Abs) > 1e-3);
    }

    [Fact]
    public void A_layer_of_ones_own_follows_the_mode()
    {
        Sequential model = new([2], dtype: DType.F64) { new Shifted() };
        Tensor x = Tensor.Zeros([1, 2], DType.F64);

        Assert.Equal([1, 1], model.Forward(x, Mode.Train).Value.ToDoubles());
        Assert.Equal([0, 0], model.Forward(x, Mode.Inference).Value.ToDoubles());
        Assert.Equal("shifted", model.Layers[0].Name);
        Assert.Equal("shifted/by", Assert.Single(model.Parameters).Name);
    }

    [Fact]
    public void A_type_holds_for_nested_models_and_before_the_input_shape_is_known()
    {
        Sequential model = new(dtype: DType.F64) { new Sequential { new Dense(3), new Sequential { new Dense(2) } } };
        Assert.Equal(DType.F64, model.DType);

        model.Forward(Tensor.Zeros([1, 4], DType.F64), Mode.Inference);

        Assert.Equal(4, model.Parameters.Count);
        Assert.All(model.Parameters, parameter => Assert.Equal(DType.F64, parameter.Value.DType));
        Assert.Contains("\"float64\"", LayerJson.ToJson(new Sequential(dtype: DType.F64)), StringComparison.Ordinal);
    }

    [Fact]
    public void Shapes_and_types_are_the_models()
    {
        Sequential model = Small([4], seed: 3);

        Assert.Equal([2], model.OutputShape([4]));
        Assert.Equal(DType.F32, model.DType);
        Assert.All(model.Parameters, parameter => Assert.Equal(DType.F32, parameter.Value.DType));
        Assert.Equal(3UL, model.Seed);
    }

    private static Sequential Small(Shape? inputShape, ulong seed) => new(inputShape, seed)
    {
        new Dense(3) { Activation = Activations.Elu },
        new BatchNormalization(),
        new Dense(2),
    };

    /// <summary>Adds a parameter in training.</summary>
    private sealed class Shifted : Layer
    {
        public override Shape OutputShape(Shape inputShape) => inputShape;

        public override string ToString() => "Shifted()";

        protected override void Build(Shape inputShape, DType dtype, Rng rng) => Add("by", Tensor.Ones(inputShape, dtype));

        protected override Variable Call(Variable x, Mode mode) => mode.Training ? x + Use(Parameters[0], x) : x;

        protected override void WriteConfig(System.Text.Json.Nodes.JsonObject config)
        {
        }
    }
}
