using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// A trained row of numbers for each index: [N, ...] of whole numbers becomes [N, ..., output size]. The gradient of a row is the sum over the places that named it; the indices
/// have none. Built from <see cref="Op.Gather"/>, whose derivative is <see cref="Op.ScatterAdd"/>.
/// </summary>
/// <remarks>Indices come as I32, or as whole numbers in the model's own type, which is what a <c>Trainer</c>'s batches are; F32 counts to 16,777,216.</remarks>
public sealed class Embedding : Layer
{
    private Parameter? embeddings;

    /// <summary>A table of rows.</summary>
    /// <param name="inputSize">How many rows there are, 1 or more: indices go from 0 to one less. Keras's <c>input_dim</c>.</param>
    /// <param name="outputSize">How many numbers make a row, 1 or more: Keras's <c>output_dim</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is below 1.</exception>
    public Embedding(int inputSize, int outputSize)
    {
        if (inputSize < 1 || outputSize < 1) throw new ArgumentOutOfRangeException(nameof(inputSize), $"Embedding: expected 1 row and 1 column or more, got {inputSize} and {outputSize}.");
        (InputSize, OutputSize) = (inputSize, outputSize);
    }

    /// <summary>How many rows there are.</summary>
    public int InputSize { get; }

    /// <summary>How many numbers make a row.</summary>
    public int OutputSize { get; }

    /// <summary>How the rows start; uniform within ±0.05 unless told otherwise.</summary>
    public Initializer EmbeddingsInitializer { get; init; } = new RandomUniform();

    /// <summary>What is added to the loss for the rows; nothing unless told otherwise.</summary>
    public Regularizer? EmbeddingsRegularizer { get; init; }

    /// <summary>What the rows are projected to after each step; nothing unless told otherwise.</summary>
    public Constraint? EmbeddingsConstraint { get; init; }

    /// <summary>[input size, output size], once built.</summary>
    public Parameter Embeddings => embeddings ?? throw new InvalidOperationException($"{this}: expected a layer that has been built, got one that has not.");

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return Shape.Of([.. inputShape, OutputSize]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Embedding({InputSize}, {OutputSize})";

    internal static Embedding FromConfig(LayerConfig config)
    {
        config.Null("input_length");
        if (config.Boolean("mask_zero", false)) throw new ArgumentException("Embedding: expected mask_zero to be false, got true. Hand a mask to the call: Mode.Train with { Mask = ... }.");
        return new(config.WholeNumber("input_dim"), config.WholeNumber("output_dim"))
        {
            EmbeddingsInitializer = config.Initializer("embeddings_initializer", new RandomUniform()),
            EmbeddingsRegularizer = config.Regularizer("embeddings_regularizer"),
            EmbeddingsConstraint = config.Constraint("embeddings_constraint"),
        };
    }

    /// <inheritdoc/>
    protected internal override bool Takes(DType dtype) => dtype == DType.I32 || base.Takes(dtype);

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng) =>
        embeddings = Add("embeddings", EmbeddingsInitializer.Create([InputSize, OutputSize], dtype, rng), EmbeddingsRegularizer, EmbeddingsConstraint);

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        foreach (double index in x.Value.ToDoubles())
        {
            // NaN is not equal to itself.
            if (index < 0 || index >= InputSize || index != Math.Floor(index))
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{this}: expected whole numbers from 0 to {InputSize - 1}, got {index}."), nameof(x));
            }
        }

        return Op.Gather(Use(Embeddings, x), x.Value.Cast(DType.I32), 0);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["input_dim"] = InputSize;
        config["output_dim"] = OutputSize;
        LayerJson.WriteWeight(config, "embeddings", EmbeddingsInitializer, EmbeddingsRegularizer, EmbeddingsConstraint);
    }
}
