using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// y = γ·(x - μ)/√(σ² + ε) + β with mean and biased variance of each example over <see cref="Axis"/>, and γ and β for each index along it; the same in training and in
/// inference. Ba, Kiros, Hinton, 2016. Built from <see cref="Op.Mean"/>, <see cref="Op.Square"/> and <see cref="Op.Rsqrt"/>. The shape stays.
/// Tested in <c>tests/Layers.Tests/Normalization/LayerNormalizationTests.cs</c>.
/// </summary>
public sealed class LayerNormalization : Layer
{
    private readonly Axes axis = -1;
    private readonly double epsilon = 0.001;
    private Axes over = -1;
    private Shape broadcast = Shape.Scalar;

    /// <summary>The axes that are normalized over, and along which γ and β differ, the batch axis counted; -1, the last, unless told otherwise.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public Axes Axis
    {
        get => axis;
        init => axis = value is { Count: > 0 } ? value : throw new ArgumentException("LayerNormalization: expected an axis to normalize over, got none.", nameof(value));
    }

    /// <summary>What is added to the variance inside the root, 0 or more; 0.001 unless told otherwise.</summary>
    /// <exception cref="ArgumentException">It is negative or not finite.</exception>
    public double Epsilon
    {
        get => epsilon;
        init => epsilon = value is >= 0 and < double.PositiveInfinity
            ? value
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"LayerNormalization: expected Epsilon to be a finite number of 0 or more, got {value}."), nameof(value));
    }

    /// <summary>Whether β is added; true unless told otherwise.</summary>
    public bool Center { get; init; } = true;

    /// <summary>Whether the result is multiplied by γ; true unless told otherwise.</summary>
    public bool Scale { get; init; } = true;

    /// <summary>How β starts; zeros unless told otherwise.</summary>
    public Initializer BetaInitializer { get; init; } = Initializers.Zeros;

    /// <summary>How γ starts; ones unless told otherwise.</summary>
    public Initializer GammaInitializer { get; init; } = Initializers.Ones;

    /// <summary>What is added to the loss for β; nothing unless told otherwise.</summary>
    public Regularizer? BetaRegularizer { get; init; }

    /// <summary>What is added to the loss for γ; nothing unless told otherwise.</summary>
    public Regularizer? GammaRegularizer { get; init; }

    /// <summary>What β is projected to after each step; nothing unless told otherwise.</summary>
    public Constraint? BetaConstraint { get; init; }

    /// <summary>What γ is projected to after each step; nothing unless told otherwise.</summary>
    public Constraint? GammaConstraint { get; init; }

    /// <summary>The scale γ in the input's sizes along <see cref="Axis"/>; null without one, and before the layer is built.</summary>
    public Parameter? Gamma { get; private set; }

    /// <summary>The shift β, shaped as γ; null without one, and before the layer is built.</summary>
    public Parameter? Beta { get; private set; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        FeatureAxes.Resolve(this, Axis, inputShape);
        return inputShape;
    }

    /// <inheritdoc/>
    public override string ToString() => $"LayerNormalization({(Axis is [-1] ? "" : $"axis: {Axis}")})";

    internal static LayerNormalization FromConfig(LayerConfig config) => new()
    {
        Axis = config.Axes("axis", -1)!,
        Epsilon = config.Number("epsilon", 0.001),
        Center = config.Boolean("center", true),
        Scale = config.Boolean("scale", true),
        BetaInitializer = config.Initializer("beta_initializer", Initializers.Zeros),
        GammaInitializer = config.Initializer("gamma_initializer", Initializers.Ones),
        BetaRegularizer = config.Regularizer("beta_regularizer"),
        GammaRegularizer = config.Regularizer("gamma_regularizer"),
        BetaConstraint = config.Constraint("beta_constraint"),
        GammaConstraint = config.Constraint("gamma_constraint"),
    };

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int[] axes = FeatureAxes.Resolve(this, Axis, inputShape);
        (over, broadcast) = (Axes.Of(axes), FeatureAxes.Broadcast(axes, inputShape));
        Shape shape = FeatureAxes.Sizes(axes, inputShape);
        if (Scale) Gamma = Add("gamma", GammaInitializer.Create(shape, dtype, rng), GammaRegularizer, GammaConstraint);
        if (!Center) return;
        Beta = Add("beta", BetaInitializer.Create(shape, dtype, rng), BetaRegularizer, BetaConstraint);
        Beta.Regularizable = false;
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        Variable centered = x - Op.Mean(x, over, keepDimensions: true);
        Variable y = centered * Op.Rsqrt(Op.Mean(Op.Square(centered), over, keepDimensions: true) + Epsilon);
        if (Gamma is not null) y *= Op.Reshape(Use(Gamma, x), broadcast);
        return Beta is null ? y : y + Op.Reshape(Use(Beta, x), broadcast);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["axis"] = LayerJson.Write(Axis);
        config["epsilon"] = Epsilon;
        config["center"] = Center;
        config["scale"] = Scale;
        LayerJson.WriteWeight(config, "beta", BetaInitializer, BetaRegularizer, BetaConstraint);
        LayerJson.WriteWeight(config, "gamma", GammaInitializer, GammaRegularizer, GammaConstraint);
    }
}
