using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>
/// The activation functions, for <c>Dense.Activation</c> and the layer <see cref="Activation"/>. In JSON they go by Keras's names, with an object where there is an
/// argument: <c>{"class_name": "elu", "config": {"alpha": 0.5}}</c>.
/// </summary>
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

    /// <summary>x - ln Σ eˣ over the last axis. See <see cref="Op.LogSoftmax"/>.</summary>
    public static ActivationFunction LogSoftmax { get; } = new("log_softmax", x => Op.LogSoftmax(x));

    /// <summary>y = x where x &gt; 0, else 0.3x, as in Keras's layer LeakyReLU. See <see cref="Op.LeakyRelu"/>.</summary>
    public static ActivationFunction LeakyRelu { get; } = LeakyReluWith(0.3);

    /// <summary>y = λx where x &gt; 0, else λα(eˣ - 1), with the λ and α that keep mean 0 and variance 1. See <see cref="Op.Selu"/>.</summary>
    public static ActivationFunction Selu { get; } = new("selu", Op.Selu);

    /// <summary>y = x·Φ(x). See <see cref="Op.Gelu"/>.</summary>
    public static ActivationFunction Gelu { get; } = new("gelu", x => Op.Gelu(x));

    /// <summary><see cref="Gelu"/> by tanh, which differs by less than 0.0005.</summary>
    public static ActivationFunction ApproximateGelu { get; } = new("gelu", x => Op.Gelu(x, approximate: true), ("approximate", JsonValue.Create(true)));

    /// <summary>y = x·sigmoid(x), also known as swish. See <see cref="Op.Silu"/>.</summary>
    public static ActivationFunction Silu { get; } = new("silu", Op.Silu);

    /// <summary>y = x·tanh(ln(1 + eˣ)). See <see cref="Op.Mish"/>.</summary>
    public static ActivationFunction Mish { get; } = new("mish", Op.Mish);

    /// <summary>y = 0.2x + 1/2 between the bounds 0 and 1, as in Keras up to version 2. See <see cref="Op.HardSigmoid"/>.</summary>
    public static ActivationFunction HardSigmoid { get; } = new("hard_sigmoid", x => Op.HardSigmoid(x));

    /// <summary>y = x/(1 + |x|). See <see cref="Op.Softsign"/>.</summary>
    public static ActivationFunction Softsign { get; } = new("softsign", Op.Softsign);

    /// <summary>y = ln(1 + eˣ). See <see cref="Op.Softplus"/>.</summary>
    public static ActivationFunction Softplus { get; } = new("softplus", Op.Softplus);

    /// <summary>y = eˣ. See <see cref="Op.Exp"/>.</summary>
    public static ActivationFunction Exponential { get; } = new("exponential", Op.Exp);

    /// <summary>Every function by its name, those with an argument as it is by default.</summary>
    public static IReadOnlyList<ActivationFunction> All { get; } =
    [
        Linear, Elu, Relu, Sigmoid, Tanh, Softmax, LogSoftmax, LeakyRelu, Selu, Gelu, Silu, Mish, HardSigmoid, Softsign, Softplus, Exponential, ThresholdedRelu(),
    ];

    /// <summary>The names of functions that take an argument, each with how it is read.</summary>
    internal static IReadOnlyDictionary<string, Func<LayerConfig, ActivationFunction>> WithArgument { get; } = new Dictionary<string, Func<LayerConfig, ActivationFunction>>
    {
        ["elu"] = config => EluWith(config.Number("alpha", 1)),
        // Keras 3 calls negative_slope what was alpha before.
        ["leaky_relu"] = config => LeakyReluWith(config.Number("negative_slope", config.Number("alpha", 0.3))),
        ["gelu"] = config => config.Boolean("approximate", false) ? ApproximateGelu : Gelu,
        ["hard_sigmoid"] = config => HardSigmoidWith(config.Number("slope", 0.2)),
        ["thresholded_relu"] = config => ThresholdedRelu(config.Number("theta", 1)),
    };

    /// <summary>y = x where x &gt; 0, else α(eˣ - 1).</summary>
    /// <param name="alpha">Where the function levels off below 0.</param>
    /// <exception cref="ArgumentException">α is infinite or NaN.</exception>
    public static ActivationFunction EluWith(double alpha) => alpha == 1 ? Elu : new("elu", x => Op.Elu(x, alpha), Argument("alpha", alpha));

    /// <summary>y = x where x &gt; 0, else slope·x. The slope is always written in JSON, since 0.3 is not the default of every Keras.</summary>
    /// <param name="slope">The slope below 0.</param>
    /// <exception cref="ArgumentException">The slope is infinite or NaN.</exception>
    public static ActivationFunction LeakyReluWith(double slope) => new("leaky_relu", x => Op.LeakyRelu(x, slope), Argument("negative_slope", slope));

    /// <summary>y = slope·x + 1/2 between the bounds 0 and 1.</summary>
    /// <param name="slope">1/6 is that of Keras 3 and PyTorch.</param>
    /// <exception cref="ArgumentException">The slope is infinite or NaN.</exception>
    public static ActivationFunction HardSigmoidWith(double slope) =>
        slope == 0.2 ? HardSigmoid : new("hard_sigmoid", x => Op.HardSigmoid(x, slope), Argument("slope", slope));

    /// <summary>y = x where x &gt; θ, else 0: Keras's layer ThresholdedReLU. See <see cref="Op.ThresholdedRelu"/>.</summary>
    /// <param name="theta">θ, 0 or more; 1 unless told otherwise.</param>
    /// <exception cref="ArgumentException">θ is negative, infinite or NaN.</exception>
    public static ActivationFunction ThresholdedRelu(double theta = 1) => theta < 0
        ? throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Activations.ThresholdedRelu: expected theta of 0 or more, got {theta}."), nameof(theta))
        : new("thresholded_relu", x => Op.ThresholdedRelu(x, theta), Argument("theta", theta));

    private static (string Name, JsonValue Value) Argument(string name, double value, [CallerMemberName] string caller = "") => double.IsFinite(value)
        ? (name, JsonValue.Create(value))
        : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Activations.{caller}: expected {name} to be a finite number, got {value}."), name);
}
