using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>y = x: where examples of a shape come into a model. <see cref="Node.Input"/> makes it; Keras's files of either kind of model may begin with it.</summary>
/// <param name="shape">The shape of one example, without the batch axis.</param>
public sealed class InputLayer(Shape shape) : Layer
{
    /// <summary>The shape of one example, without the batch axis.</summary>
    public Shape Shape { get; } = shape ?? throw new ArgumentNullException(nameof(shape));

    /// <inheritdoc/>
    internal override string Stem => "input";

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) =>
        inputShape == Shape ? Shape : throw new ArgumentException($"{this}: expected input of shape {Batched(Shape)}, got {Batched(inputShape)}.", nameof(inputShape));

    /// <inheritdoc/>
    public override string ToString() => $"InputLayer({Shape})";

    internal static InputLayer FromConfig(LayerConfig config)
    {
        if (config.Boolean("sparse", false) || config.Boolean("ragged", false)) throw new FormatException("InputLayer: expected dense input, got \"sparse\" or \"ragged\".");
        return new InputLayer(config.BatchShape() ?? throw new FormatException("InputLayer: expected \"batch_input_shape\" to be null and whole numbers, got nothing."));
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode) => x;

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);

        // Keras refuses the key here.
        config.Remove("trainable");
        config["batch_input_shape"] = LayerJson.BatchShape(Shape);
        config["sparse"] = false;
        config["ragged"] = false;
    }
}
