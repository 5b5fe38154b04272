using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>An activation function as a layer of its own: <c>new Activation(Activations.Elu)</c>, Keras's <c>Activation("elu")</c>. The shape stays.</summary>
/// <param name="function">The function.</param>
public sealed class Activation(ActivationFunction function) : Layer
{
    /// <summary>The function.</summary>
    public ActivationFunction Function { get; } = function ?? throw new ArgumentNullException(nameof(function));

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override string ToString() => $"Activation({Function})";

    internal static Activation FromConfig(LayerConfig config) => new(config.Activation("activation"));

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode) => Function.Apply(x);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["activation"] = Function.ToJson();
    }
}
