namespace Tapestry.Layers.Tests.Normalization;

/// <summary>Lasagne's helper (batchnorm.md C14).</summary>
public class WrapTests
{
    [Fact]
    public void The_activation_is_taken_out_the_bias_dropped_and_both_layers_put_behind()
    {
        IReadOnlyList<Layer> layers = BatchNormalization.Wrap(
            new Dense(300) { Name = "x", Activation = Activations.Elu, KernelInitializer = Initializers.HeNormal, Trainable = false }, BatchNormalizationDialect.Lasagne);

        Assert.Equal(["x", "x_bn", "x_bn_nonlin"], layers.Select(layer => layer.Name));
        Dense dense = Assert.IsType<Dense>(layers[0]);
        Assert.Equal((300, false, Activations.Linear, "HeNormal", false), (dense.Units, dense.UseBias, dense.Activation, dense.KernelInitializer.ClassName, dense.Trainable));
        Assert.Equal("lasagne", Assert.IsType<BatchNormalization>(layers[1]).Dialect.Name);
        Assert.Equal(Activations.Elu, Assert.IsType<Activation>(layers[2]).Function);
    }

    // D12: 3,136 + 235,200 + 1,200 + 30,000 + 400 + 1,010 = 270,946, of which (3,136 + 1,200 + 400)/2 = 2,368 are statistics.
    [Fact]
    public void The_books_second_model_can_be_written_with_it()
    {
        Sequential model = new([28, 28]) { new Flatten(), new BatchNormalization() };
        foreach (int units in (int[])[300, 100])
        {
            foreach (Layer layer in BatchNormalization.Wrap(new Dense(units) { Activation = Activations.Elu })) model.Add(layer);
        }

        model.Add(new Dense(10) { Activation = Activations.Softmax });

        Assert.Equal(
            (270_946, 268_578, 2_368),
            (Summary.Count(model.Parameters), Summary.Count(model.TrainableParameters), Summary.Count(model.NonTrainableParameters)));
        Assert.Equal(
            ["flatten", "batch_normalization", "dense", "batch_normalization_1", "activation", "dense_1", "batch_normalization_2", "activation_1", "dense_2"],
            model.Layers.Select(layer => layer.Name));
    }

    [Fact]
    public void A_linear_layer_has_no_activation_to_put_behind_and_stays_as_it_was()
    {
        Dense dense = new(3) { Name = "x" };

        Assert.Equal(["x", "x_bn"], BatchNormalization.Wrap(dense).Select(layer => layer.Name));
        Assert.True(dense.UseBias);
    }

    [Fact]
    public void A_layer_of_a_model_is_refused()
    {
        Sequential model = new([2]) { new Dense(3) };

        string message = Assert.Throws<ArgumentException>(() => BatchNormalization.Wrap((Dense)model.Layers[0])).Message;

        Assert.StartsWith("Dense(3): expected a layer that has not been built, got one that has.", message, StringComparison.Ordinal);
    }
}
