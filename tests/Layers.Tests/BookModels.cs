using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

/// <summary>The book's models, at their full size (batchnorm.md D1, D10).</summary>
internal static class BookModels
{
    /// <summary>Normalization of the input and after each activation.</summary>
    public static Sequential First(bool scale = true, Names? names = null) => new([28, 28], names: names)
    {
        new Flatten(),
        new BatchNormalization { Name = "batch_normalization_v2", Scale = scale },
        Hidden(300),
        new BatchNormalization { Name = "batch_normalization_v2_1", Scale = scale },
        Hidden(100),
        new BatchNormalization { Name = "batch_normalization_v2_2", Scale = scale },
        Output(),
    };

    /// <summary>The first model, its input normalized before it is flattened.</summary>
    public static Sequential FirstBeforeFlatten(Axes axis) =>
        new([28, 28]) { new BatchNormalization { Axis = axis }, new Flatten(), Hidden(300), new BatchNormalization(), Hidden(100), new BatchNormalization(), Output() };

    /// <summary>No biases, and normalization before each activation; in print the second block has them the other way round.</summary>
    public static Sequential Second(bool printed) => new([28, 28])
    {
        new Flatten(),
        new BatchNormalization(),
        Linear(300),
        new BatchNormalization(),
        new Activation(Activations.Elu),
        Linear(100),
        printed ? new Activation(Activations.Elu) : new BatchNormalization(),
        printed ? new BatchNormalization() : new Activation(Activations.Elu),
        Output(),
    };

    /// <summary>The second model, its input normalized before it is flattened.</summary>
    public static Sequential SecondBeforeFlatten() => new([28, 28])
    {
        new BatchNormalization(),
        new Flatten(),
        Linear(300),
        new BatchNormalization(),
        new Activation(Activations.Elu),
        Linear(100),
        new BatchNormalization(),
        new Activation(Activations.Elu),
        Output(),
    };

    /// <summary>The first model without normalization.</summary>
    public static Sequential Plain() => new([28, 28]) { new Flatten(), Hidden(300), Hidden(100), Output() };

    private static Dense Hidden(int units) => new(units) { Activation = Activations.Elu, KernelInitializer = Initializers.HeNormal };

    private static Dense Linear(int units) => new(units) { UseBias = false, KernelInitializer = Initializers.HeNormal };

    private static Dense Output() => new(10) { Activation = Activations.Softmax };
}
