using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// y = γ·x + β for each index along the kept axes: Caffe's layer of that name. It is what is left of a batch normalization whose statistics stand still, where no dense layer
/// can take it in (<see cref="Folding"/>). Built from <see cref="Op.Multiply"/> and <see cref="Op.Add"/>. The shape stays.
/// Tested in <c>tests/Layers.Tests/Normalization/FoldingTests.cs</c>.
/// </summary>
public sealed class Scale : Layer
{
    private readonly Axes axis = -1;
    private Parameter? gamma;
    private Parameter? beta;
    private Shape broadcast = Shape.Scalar;

    /// <summary>The axes along which γ and β differ, the batch axis counted; -1, the last, unless told otherwise.</summary>
    public Axes Axis
    {
        get => axis;
        init => axis = value is { Count: > 0 } ? value : throw new ArgumentException("Scale: expected an axis to keep, got none.", nameof(value));
    }

    /// <summary>How γ starts; ones unless told otherwise.</summary>
    public Initializer GammaInitializer { get; init; } = Initializers.Ones;

    /// <summary>How β starts; zeros unless told otherwise.</summary>
    public Initializer BetaInitializer { get; init; } = Initializers.Zeros;

    /// <summary>The scale γ, once built: [C] of one kept axis; of several with size 1 between them, as <see cref="BatchNormalization"/> has it.</summary>
    public Parameter Gamma => gamma ?? throw Unbuilt();

    /// <summary>The shift β, once built, shaped as γ.</summary>
    public Parameter Beta => beta ?? throw Unbuilt();

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        FeatureAxes.Resolve(this, Axis, inputShape);
        return inputShape;
    }

    /// <inheritdoc/>
    public override string ToString() => Axis is [-1] ? "Scale()" : $"Scale(axis: {Axis})";

    internal static Scale FromConfig(LayerConfig config) => new()
    {
        Axis = config.Axes("axis", -1)!,
        GammaInitializer = config.Initializer("gamma_initializer", Initializers.Ones),
        BetaInitializer = config.Initializer("beta_initializer", Initializers.Zeros),
    };

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int[] kept = FeatureAxes.Resolve(this, Axis, inputShape);
        broadcast = FeatureAxes.Broadcast(kept, inputShape);
        Shape shape = kept.Length == 1 ? FeatureAxes.Sizes(kept, inputShape) : broadcast;
        gamma = Add("gamma", GammaInitializer.Create(shape, dtype, rng));
        beta = Add("beta", BetaInitializer.Create(shape, dtype, rng));
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        return (x * Op.Reshape(Use(Gamma, x), broadcast)) + Op.Reshape(Use(Beta, x), broadcast);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["axis"] = LayerJson.Write(Axis);
        config["gamma_initializer"] = LayerJson.Write(GammaInitializer);
        config["beta_initializer"] = LayerJson.Write(BetaInitializer);
    }

    private InvalidOperationException Unbuilt() => new($"{this}: expected a layer that has been built, got one that has not.");
}
