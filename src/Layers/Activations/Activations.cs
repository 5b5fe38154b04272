using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>The activation functions, for <c>Dense.Activation</c> and the layer <see cref="Activation"/>.</summary>
public static class Activations
{
    /// <summary>y = x.</summary>
    public static ActivationFunction Linear { get; } = new("linear", x => x);

    /// <summary>y = x where x &gt; 0, else eˣ - 1. See <see cref="Op.Elu"/>.</summary>
    public static ActivationFunction Elu { get; } = new("elu", x => Op.Elu(x));

    /// <summary>y = max(x, 0). See <see cref="Op.Relu"/>.</summary>
    public static ActivationFunction Relu { get; } = new("relu", Op.Relu);

    /// <summary>y = 1/(1 + e⁻ˣ). See <see cref="Op.Sigmoid"/>.</summary>
    public static ActivationFunction Sigmoid { get; } = new("sigmoid", Op.Sigmoid);

    /// <summary>y = tanh x. See <see cref="Op.Tanh"/>.</summary>
    public static ActivationFunction Tanh { get; } = new("tanh", Op.Tanh);

    /// <summary>eˣ / Σ eˣ over the last axis. See <see cref="Op.Softmax"/>.</summary>
    public static ActivationFunction Softmax { get; } = new("softmax", x => Op.Softmax(x));

    /// <summary>Every function by its name.</summary>
    public static IReadOnlyList<ActivationFunction> All { get; } = [Linear, Elu, Relu, Sigmoid, Tanh, Softmax];

    /// <summary>y = x where x &gt; 0, else α(eˣ - 1).</summary>
    /// <param name="alpha">Where the function levels off below 0.</param>
    public static ActivationFunction EluWith(double alpha) => alpha == 1 ? Elu : new("elu", x => Op.Elu(x, alpha), alpha);
}
