using Tapestry.Layers;
using Tapestry.Tensors;

namespace Tapestry.Samples.Mlp;

/// <summary>The book's models (Géron, chapter 11) for 28 by 28 images and ten classes, with hidden layers of 300 and 100.</summary>
internal static class Models
{
    /// <summary>The names, with what sets each apart.</summary>
    public static IReadOnlyDictionary<string, string> Descriptions { get; } = new Dictionary<string, string>
    {
        ["bn-after"] = "the book's first: batch normalization after each activation",
        ["bn-before"] = "its second: before each activation",
        ["bn-printed"] = "its second as printed: before the first activation, after the second",
        ["plain"] = "none",
    };

    /// <summary>A model by its name.</summary>
    public static Sequential Create(string name, ulong seed) => name switch
    {
        "bn-after" => new Sequential(ImageShape, seed)
        {
            new Flatten(),
            new BatchNormalization(),
            Hidden(300),
            new BatchNormalization(),
            Hidden(100),
            new BatchNormalization(),
            Output(),
        },
        "bn-before" => new Sequential(ImageShape, seed)
        {
            new Flatten(),
            new BatchNormalization(),
            Linear(300),
            new BatchNormalization(),
            new Activation(Activations.Elu),
            Linear(100),
            new BatchNormalization(),
            new Activation(Activations.Elu),
            Output(),
        },
        "bn-printed" => new Sequential(ImageShape, seed)
        {
            new Flatten(),
            new BatchNormalization(),
            Linear(300),
            new BatchNormalization(),
            new Activation(Activations.Elu),
            Linear(100),
            new Activation(Activations.Elu),
            new BatchNormalization(),
            Output(),
        },
        "plain" => new Sequential(ImageShape, seed)
        {
            new Flatten(),
            Hidden(300),
            Hidden(100),
            Output(),
        },
        _ => throw new ArgumentException($"Models: expected one of {string.Join(", ", Descriptions.Keys)}, got '{name}'.", nameof(name)),
    };

    private static Shape ImageShape => [28, 28];

    private static Dense Hidden(int units) => new(units) { Activation = Activations.Elu, KernelInitializer = Initializers.HeNormal };

    /// <summary>A hidden layer whose activation and shift are left to the layers behind it.</summary>
    private static Dense Linear(int units) => new(units) { UseBias = false, KernelInitializer = Initializers.HeNormal };

    private static Dense Output() => new(10) { Activation = Activations.Softmax };
}
