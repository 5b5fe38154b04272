using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// y = x where x &gt; 0, else α·x with slopes that are trained, one for each element of an example unless axes share theirs. He, Zhang, Ren, Sun, 2015.
/// Built from <see cref="Op.PRelu"/>. The shape stays. Keras's <c>PReLU</c>.
/// </summary>
public sealed class PRelu : Layer
{
    private Parameter? alpha;

    /// <inheritdoc/>
    public override string ClassName => "PReLU";

    /// <summary>How the slopes start; zeros unless told otherwise.</summary>
    public Initializer AlphaInitializer { get; init; } = Initializers.Zeros;

    /// <summary>What is added to the loss for the slopes; nothing unless told otherwise.</summary>
    public Regularizer? AlphaRegularizer { get; init; }

    /// <summary>What the slopes are projected to after each step; nothing unless told otherwise.</summary>
    public Constraint? AlphaConstraint { get; init; }

    /// <summary>Axes along which one slope serves all, the batch axis counted: [1, 2] has one for each channel of [N, H, W, C]. None unless told otherwise.</summary>
    public Axes? SharedAxes { get; init; }

    /// <summary>The slopes α in an example's shape, with size 1 along shared axes; once built.</summary>
    public Parameter Alpha => alpha ?? throw new InvalidOperationException($"{this}: expected a layer that has been built, got one that has not.");

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (SharedAxes is { Count: > 0 }) FeatureAxes.Resolve(this, SharedAxes, inputShape);
        return inputShape;
    }

    /// <inheritdoc/>
    public override string ToString() => $"PReLU({(SharedAxes is null ? "" : $"shared axes: {SharedAxes}")})";

    internal static PRelu FromConfig(LayerConfig config) => new()
    {
        AlphaInitializer = config.Initializer("alpha_initializer", Initializers.Zeros),
        AlphaRegularizer = config.Regularizer("alpha_regularizer"),
        AlphaConstraint = config.Constraint("alpha_constraint"),
        SharedAxes = config.Axes("shared_axes", null),
    };

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int[] shared = SharedAxes is { Count: > 0 } ? FeatureAxes.Resolve(this, SharedAxes, inputShape) : [];
        Shape shape = Shape.Of([.. inputShape.Select((size, i) => shared.Contains(i + 1) ? 1 : size)]);
        alpha = Add("alpha", AlphaInitializer.Create(shape, dtype, rng), AlphaRegularizer, AlphaConstraint);
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode) => Op.PRelu(x, Use(Alpha, x));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        LayerJson.WriteWeight(config, "alpha", AlphaInitializer, AlphaRegularizer, AlphaConstraint);
        if (SharedAxes is not null) config["shared_axes"] = new JsonArray([.. SharedAxes.Select(axis => JsonValue.Create(axis))]);
    }
}
