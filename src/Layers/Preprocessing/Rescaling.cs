using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// y = x·scale + offset with fixed numbers: <c>new Rescaling(1 / 255.0)</c> makes 0 to 1 of 0 to 255. Built from <see cref="Op.Multiply"/> and <see cref="Op.Add"/>. The shape stays.
/// </summary>
public sealed class Rescaling : Layer
{
    /// <summary>Multiplies, then adds.</summary>
    /// <param name="scale">The factor.</param>
    /// <param name="offset">What is added; 0 unless told otherwise.</param>
    /// <exception cref="ArgumentException">One is not finite.</exception>
    public Rescaling(double scale, double offset = 0)
    {
        if (!double.IsFinite(scale) || !double.IsFinite(offset)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Rescaling: expected a finite scale and offset, got {scale} and {offset}."));
        (Factor, Offset) = (scale, offset);
    }

    /// <summary>The factor: Keras's <c>scale</c>.</summary>
    public double Factor { get; }

    /// <summary>What is added.</summary>
    public double Offset { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Rescaling({Factor}{(Offset == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", offset: {Offset}"))})");

    internal static Rescaling FromConfig(LayerConfig config) => new(config.RequiredNumber("scale"), config.Number("offset", 0));

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Offset == 0 ? x * Factor : (x * Factor) + Offset;
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["scale"] = Factor;
        config["offset"] = Offset;
    }
}
