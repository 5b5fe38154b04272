using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// Each example's axes in another order, counted from 1, since 0 is the batch's: <c>new Permute(2, 1)</c> makes [N, C, T] of [N, T, C]. Built from <see cref="Op.Permute"/>.
/// </summary>
public sealed class Permute : Layer
{
    private readonly int[] order;

    /// <summary>A layer of that order.</summary>
    /// <param name="dimensions">Which of the input's axes each of the output's is: each from 1 to the number of axes once. Keras's <c>dims</c>.</param>
    /// <exception cref="ArgumentException">They are not such numbers.</exception>
    public Permute(params ReadOnlySpan<int> dimensions)
    {
        order = dimensions.ToArray();
        if (!order.Order().SequenceEqual(Enumerable.Range(1, order.Length))) throw new ArgumentException($"Permute: expected each axis from 1 to {order.Length} once, got {string.Join(", ", order)}.", nameof(dimensions));
    }

    /// <summary>Which of the input's axes each of the output's is.</summary>
    public IReadOnlyList<int> Dimensions => order;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return inputShape.Rank == order.Length
            ? Shape.Of([.. order.Select(axis => inputShape[axis - 1])])
            : throw new ArgumentException($"{this}: expected input of {order.Length} axes beside the batch's, got {Batched(inputShape)}.", nameof(inputShape));
    }

    /// <inheritdoc/>
    public override string ToString() => $"Permute({string.Join(", ", order)})";

    internal static Permute FromConfig(LayerConfig config) => new([.. config.WholeNumbers("dims")]);

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode) => Op.Permute(x, Axes.Of([0, .. order]));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["dims"] = new JsonArray([.. order.Select(axis => JsonValue.Create(axis))]);
    }
}
