using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

public class TagTests
{
    [Fact]
    public void Parameters_are_found_by_the_groups_that_their_layers_put_them_into()
    {
        Sequential model = new(inputShape: [4])
        {
            new Dense(3) { VariableTags = ["decayed"] },
            new BatchNormalization { VariableTags = ["statistics", "decayed"] },
            new Dense(2),
        };

        Assert.Equal(
            ["dense/kernel", "dense/bias", "batch_normalization/gamma", "batch_normalization/beta", "batch_normalization/moving_mean", "batch_normalization/moving_variance"],
            model.Tagged("decayed").Select(parameter => parameter.Name));
        Assert.Equal(4, model.Tagged("statistics").Count);
        Assert.Empty(model.Tagged("Decayed"));
    }

    [Fact]
    public void A_single_parameter_can_join_and_leave_a_group()
    {
        Dense dense = new(3) { VariableTags = ["decayed"] };
        Sequential model = new(inputShape: [4]) { dense };

        dense.Bias!.Tags.Remove("decayed");
        dense.Kernel.Tags.Add("first");

        Assert.Equal([dense.Kernel], model.Tagged("decayed"));
        Assert.Equal([dense.Kernel], model.Tagged("first"));
    }

    [Fact]
    public void A_nested_models_tags_are_its_layers_parameters_too()
    {
        Sequential inner = new() { VariableTags = ["encoder"] };
        inner.Add(new Dense(3));
        Sequential model = new(inputShape: [4]) { inner, new Dense(2) };

        Assert.Equal(["sequential/dense/kernel", "sequential/dense/bias"], model.Tagged("encoder").Select(parameter => parameter.Name));
    }

    [Fact]
    public void Outputs_are_found_on_the_tape_that_they_were_computed_on()
    {
        Sequential model = new(inputShape: [4]) { new Dense(3) { OutputTags = ["hidden"] }, new BatchNormalization { OutputTags = ["hidden", "normalized"] } };
        using Tape tape = new();

        Variable y = model.Forward(tape.Constant(Tensor.Ones([2, 4])), Mode.Train);

        Assert.Equal(2, tape.Tagged("hidden").Count);
        Assert.Same(y, tape.Tagged("hidden")[1]);
        Assert.Same(y, Assert.Single(tape.Tagged("normalized")));
        Assert.Empty(tape.Tagged("other"));
    }

    [Fact]
    public void A_tape_tags_only_what_lives_on_it()
    {
        using Tape tape = new(), other = new();

        Assert.Throws<ArgumentException>(() => tape.Tag(other.Watch(Tensor.Ones([2])), "mine"));
    }

    [Fact]
    public void Tags_round_trip_in_the_configuration_under_contribs_names()
    {
        Sequential model = new(inputShape: [4]) { new BatchNormalization(BatchNormalizationDialect.Contrib) { VariableTags = ["a", "b"], OutputTags = ["c"] }, new Dense(2) { Trainable = false, Training = true } };
        string json = LayerJson.ToJson(model);

        Model read = LayerJson.FromJson(json);

        Assert.Equal(json, LayerJson.ToJson(read));
        Assert.Equal(["a", "b"], read.Layers[0].VariableTags);
        Assert.Equal(["c"], read.Layers[0].OutputTags);
        Assert.Equal(read.Layers[0].Parameters, read.Tagged("b"));
        Assert.False(read.Layers[1].Trainable);
        Assert.True(read.Layers[1].Training);
        Assert.Contains("\"variables_collections\"", json, StringComparison.Ordinal);
        Assert.Contains("\"outputs_collections\"", json, StringComparison.Ordinal);
    }
}
