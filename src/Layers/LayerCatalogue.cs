using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>One row of the catalogue of layers.</summary>
/// <param name="ClassName">Keras's class name.</param>
/// <param name="FromConfig">Makes the layer from its Keras configuration.</param>
/// <param name="Samples">Small instances, each with an input shape, for gradient checks and the contract tests.</param>
public sealed record LayerRow(string ClassName, Func<LayerConfig, Layer> FromConfig, params IReadOnlyList<LayerSample> Samples);

/// <summary>A small instance of a layer.</summary>
/// <param name="Create">Makes the layer anew.</param>
/// <param name="InputShape">An input shape for it, without the batch axis.</param>
public sealed record LayerSample(Func<Layer> Create, Shape InputShape);

/// <summary>Every layer: what reads JSON, what <c>mlp gradcheck</c> checks and what the contract tests run through. A layer without a row fails a test.</summary>
public static class LayerCatalogue
{
    /// <summary>The rows.</summary>
    public static IReadOnlyList<LayerRow> Layers { get; } =
    [
        new(nameof(Flatten), Flatten.FromConfig, new LayerSample(() => new Flatten(), [2, 3])),
        new(nameof(Dense), Dense.FromConfig,
            new(() => new Dense(3) { Activation = Activations.Elu, KernelInitializer = Initializers.HeNormal }, [4]),
            new(() => new Dense(2) { UseBias = false, Activation = Activations.EluWith(0.5) }, [2, 3]),
            new(() => new Dense(3) { Activation = Activations.Softmax, BiasInitializer = Initializers.Constant(0.1) }, [4])),
        new(nameof(Activation), Activation.FromConfig,
            [.. Activations.All.Select(function => new LayerSample(() => new Activation(function), [4])), new(() => new Activation(Activations.EluWith(0.7)), [2, 3])]),
        new(nameof(BatchNormalization), BatchNormalization.FromConfig,
            new(() => new BatchNormalization(), [3]),
            new(() => new BatchNormalization { Axis = 1, Momentum = 0.9, Epsilon = 1e-5 }, [2, 3]),
            new(() => new BatchNormalization { Axis = [1, 2], Scale = false }, [2, 2]),
            new(() => new BatchNormalization { Center = false }, [2, 2, 3])),
        new(nameof(Dropout), Dropout.FromConfig, new LayerSample(() => new Dropout(0.4), [6])),
    ];

    /// <summary>The row of a class name, or null.</summary>
    public static LayerRow? Find(string className) => Layers.FirstOrDefault(row => row.ClassName == className);
}
