using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// y = x·scale + offset with fixed numbers: <c>new Rescaling(1 / 255.0)</c> makes 0 to 1 of 0 to 255. Either may be several numbers, which broadcast over an example's last axes
/// by NumPy's rule: three go with the channels of images [N, H, W, 3]. Built from <see cref="Op.Multiply"/> and <see cref="Op.Add"/>. The shape stays.
/// Tested in <c>tests/Layers.Tests/Preprocessing/RescalingTests.cs</c>.
/// </summary>
public sealed class Rescaling : Layer
{
    private readonly bool isShifted;
    private Tensor? factor;
    private Tensor? shift;

    /// <summary>Multiplies by one number, then adds one.</summary>
    /// <param name="scale">The factor.</param>
    /// <param name="offset">What is added; 0 unless told otherwise.</param>
    /// <exception cref="ArgumentException">One is not finite.</exception>
    public Rescaling(double scale, double offset = 0)
        : this(GivenNumbers.One(scale), GivenNumbers.One(offset))
    {
    }

    /// <summary>Multiplies, then adds.</summary>
    /// <param name="scale">The factors, of any type, of a shape that broadcasts to an example's. Copied.</param>
    /// <param name="offset">What is added, likewise; 0 unless told otherwise.</param>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public Rescaling(Tensor scale, Tensor? offset = null)
    {
        Factor = GivenNumbers.Copy(nameof(Rescaling), scale, "a scale of finite numbers", double.IsFinite);
        Offset = GivenNumbers.Copy(nameof(Rescaling), offset ?? GivenNumbers.One(0), "an offset of finite numbers", double.IsFinite);
        isShifted = Offset.ToDoubles().Any(number => number != 0);
    }

    /// <summary>The factors, in F64, a scalar where it is one number: Keras's <c>scale</c>.</summary>
    public Tensor Factor { get; }

    /// <summary>What is added, in F64, a scalar where it is one number: Keras's <c>offset</c>.</summary>
    public Tensor Offset { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        GivenNumbers.Refuse(this, "a scale", Factor, inputShape);
        GivenNumbers.Refuse(this, "an offset", Offset, inputShape);
        return inputShape;
    }

    /// <inheritdoc/>
    public override string ToString() => $"Rescaling({GivenNumbers.Text(Factor)}{(isShifted ? $", offset: {GivenNumbers.Text(Offset)}" : "")})";

    internal static Rescaling FromConfig(LayerConfig config) => new(config.RequiredNumbers("scale"), config.Numbers("offset"));

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng) => (factor, shift) = (GivenNumbers.Operand(Factor, dtype), GivenNumbers.Operand(Offset, dtype));

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        return isShifted ? (x * factor!) + shift! : x * factor!;
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["scale"] = LayerJson.Write(Factor);
        config["offset"] = LayerJson.Write(Offset);
    }
}
