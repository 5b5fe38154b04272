using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// y = scale·x/√(mean of x² + ε) with the mean of each example over <see cref="Axis"/>, and a scale for each index along it: <see cref="LayerNormalization"/> without the mean
/// and the shift. Zhang, Sennrich, 2019. Built from <see cref="Op.Mean"/>, <see cref="Op.Square"/> and <see cref="Op.Rsqrt"/>. The shape stays. Keras's <c>RMSNormalization</c>.
/// Tested in <c>tests/Layers.Tests/Normalization/LayerNormalizationTests.cs</c>.
/// </summary>
public sealed class RmsNormalization : Layer
{
    private readonly Axes axis = -1;
    private readonly double epsilon = 1e-6;
    private Axes over = -1;
    private Shape broadcast = Shape.Scalar;
    private Parameter? scale;

    /// <inheritdoc/>
    public override string ClassName => "RMSNormalization";

    /// <summary>The axes that are normalized over, and along which the scale differs, the batch axis counted; -1, the last, unless told otherwise.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public Axes Axis
    {
        get => axis;
        init => axis = value is { Count: > 0 } ? value : throw new ArgumentException("RMSNormalization: expected an axis to normalize over, got none.", nameof(value));
    }

    /// <summary>What is added to the mean square inside the root, 0 or more; 1e-6 unless told otherwise.</summary>
    /// <exception cref="ArgumentException">It is negative or not finite.</exception>
    public double Epsilon
    {
        get => epsilon;
        init => epsilon = value is >= 0 and < double.PositiveInfinity
            ? value
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"RMSNormalization: expected Epsilon to be a finite number of 0 or more, got {value}."), nameof(value));
    }

    /// <summary>The scale in the input's sizes along <see cref="Axis"/>, ones at first; once built.</summary>
    public Parameter Scale => scale ?? throw new InvalidOperationException($"{this}: expected a layer that has been built, got one that has not.");

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        FeatureAxes.Resolve(this, Axis, inputShape);
        return inputShape;
    }

    /// <inheritdoc/>
    public override string ToString() => $"RMSNormalization({(Axis is [-1] ? "" : $"axis: {Axis}")})";

    internal static RmsNormalization FromConfig(LayerConfig config) => new() { Axis = config.Axes("axis", -1)!, Epsilon = config.Number("epsilon", 1e-6) };

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int[] axes = FeatureAxes.Resolve(this, Axis, inputShape);
        (over, broadcast) = (Axes.Of(axes), FeatureAxes.Broadcast(axes, inputShape));
        scale = Add("scale", Tensor.Ones(FeatureAxes.Sizes(axes, inputShape), dtype));
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x * Op.Rsqrt(Op.Mean(Op.Square(x), over, keepDimensions: true) + Epsilon) * Op.Reshape(Use(Scale, x), broadcast);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["axis"] = LayerJson.Write(Axis);
        config["epsilon"] = Epsilon;
    }
}
