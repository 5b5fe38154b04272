using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

public class DenseTests
{
    // [1, 2]·[[1, 0, -1], [2, 1, 0]] = [5, 2, -1], and [0, -1]·kernel = [-2, -1, 0]; the bias [10, 20, 30] is added to both.
    [Fact]
    public void The_output_is_input_times_kernel_plus_bias()
    {
        Dense layer = Built(new Dense(3));
        layer.Bias!.Value.CopyFrom(Tensor.From([10.0, 20, 30]));

        Variable y = layer.Forward(Tensor.From(new double[,] { { 1, 2 }, { 0, -1 } }), Mode.Train);

        Assert.Equal([2, 3], y.Shape);
        Assert.Equal([15, 22, 29, 8, 19, 30], y.Value.ToDoubles());
    }

    [Fact]
    public void Without_a_bias_there_is_the_kernel_alone()
    {
        Dense layer = Built(new Dense(3) { UseBias = false });

        Variable y = layer.Forward(Tensor.From(new double[,] { { 1, 2 } }), Mode.Train);

        Assert.Null(layer.Bias);
        Assert.Equal([layer.Kernel], layer.Parameters);
        Assert.Equal([5, 2, -1], y.Value.ToDoubles());
    }

    // As for a batch of the four rows [1, 2], [0, -1], [1, 0], [0, 1].
    [Fact]
    public void Input_of_rank_3_is_multiplied_over_its_last_axis()
    {
        Dense layer = new(3) { UseBias = false };
        layer.BuildFor([2, 2], DType.F64, new Rng(0));
        layer.Kernel.Value.CopyFrom(Kernel);

        Variable y = layer.Forward(Tensor.From([1.0, 2, 0, -1, 1, 0, 0, 1], [2, 2, 2]), Mode.Train);

        Assert.Equal([2, 2, 3], y.Shape);
        Assert.Equal([5, 2, -1, -2, -1, 0, 1, 0, -1, 2, 1, 0], y.Value.ToDoubles());
        Assert.Equal([2, 3], layer.Kernel.Shape);
        Assert.Equal([2, 3], layer.OutputShape([2, 2]));
    }

    [Fact]
    public void The_activation_comes_last()
    {
        Dense layer = Built(new Dense(3) { Activation = Activations.Relu });
        layer.Bias!.Value.CopyFrom(Tensor.From([0.0, -3, 0.5]));

        Variable y = layer.Forward(Tensor.From(new double[,] { { 1, 2 } }), Mode.Train);

        // [5, 2, -1] + [0, -3, 0.5] = [5, -1, -0.5]
        Assert.Equal([5, 0, 0], y.Value.ToDoubles());
    }

    // y = x·K + b with dy = 1 throughout: dK = xᵀ·1, each row the sum of a column of x; db = the number of rows; dx = the sums of K's rows, 0 and 3.
    [Fact]
    public void Gradients_reach_kernel_bias_and_input()
    {
        Dense layer = Built(new Dense(3));
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From(new double[,] { { 1, 2 }, { 0, -1 } }));
        Variable loss = Op.Sum(layer.Forward(x, Mode.Train));

        Gradients gradients = tape.Gradient(loss, layer.TrainableParameters);

        Assert.Equal([1, 1, 1, 1, 1, 1], gradients[layer.Kernel].ToDoubles());
        Assert.Equal([2, 2, 2], gradients[layer.Bias!].ToDoubles());
        Assert.Equal([0, 3, 0, 3], tape.Gradient(loss, x).Value.ToDoubles());
    }

    [Fact]
    public void Initializers_fill_kernel_and_bias()
    {
        Dense layer = new(2) { KernelInitializer = Initializers.Constant(0.5), BiasInitializer = Initializers.Ones };
        layer.BuildFor([3], DType.F32, new Rng(0));

        Assert.Equal([0.5, 0.5, 0.5, 0.5, 0.5, 0.5], layer.Kernel.Value.ToDoubles());
        Assert.Equal([1, 1], layer.Bias!.Value.ToDoubles());
    }

    [Fact]
    public void The_defaults_are_those_of_Keras()
    {
        Dense layer = new(7);

        Assert.Same(Activations.Linear, layer.Activation);
        Assert.True(layer.UseBias);
        Assert.Same(Initializers.GlorotUniform, layer.KernelInitializer);
        Assert.Same(Initializers.Zeros, layer.BiasInitializer);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void Fewer_than_one_unit_is_refused(int units)
    {
        string message = Assert.Throws<ArgumentOutOfRangeException>(() => new Dense(units)).Message;
        Assert.StartsWith($"Dense: expected 1 unit or more, got {units}.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Softmax_leaves_its_logits_to_the_loss()
    {
        Dense layer = Built(new Dense(3) { Activation = Activations.Softmax });

        Variable y = layer.Forward(Tensor.From(new double[,] { { 1, 2 } }), Mode.Inference);

        Assert.Equal([5, 2, -1], y.Logits!.Value.ToDoubles());
    }

    private static Tensor Kernel => Tensor.From(new double[,] { { 1, 0, -1 }, { 2, 1, 0 } });

    private static Dense Built(Dense layer)
    {
        layer.BuildFor([2], DType.F64, new Rng(0));
        layer.Kernel.Value.CopyFrom(Kernel);
        return layer;
    }
}
