using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>Each example n times: [N, F] becomes [N, n, F]. Built from <see cref="Op.BroadcastTo"/>.</summary>
public sealed class RepeatVector : Layer
{
    /// <summary>A layer that repeats.</summary>
    /// <param name="count">How often, 1 or more: Keras's <c>n</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public RepeatVector(int count)
    {
        if (count < 1) throw new ArgumentOutOfRangeException(nameof(count), $"RepeatVector: expected a count of 1 or more, got {count}.");
        Count = count;
    }

    /// <summary>How often each example is repeated.</summary>
    public int Count { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return inputShape.Rank == 1 ? inputShape.Prepend(Count) : throw new ArgumentException($"{this}: expected input of shape [N, F], got {Batched(inputShape)}.", nameof(inputShape));
    }

    /// <inheritdoc/>
    public override string ToString() => $"RepeatVector({Count})";

    internal static RepeatVector FromConfig(LayerConfig config) => new(config.WholeNumber("n"));

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Op.BroadcastTo(x.Reshape(x.Shape[0], 1, x.Shape[1]), [x.Shape[0], Count, x.Shape[1]]);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["n"] = Count;
    }
}
