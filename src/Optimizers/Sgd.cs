using System.Globalization;
using Tapestry.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Tapestry.Optimizers;

/// <summary>
/// Gradient descent, with Keras's formulas:
/// <code>
/// plain:     w ← w - rate·g
/// momentum:  v ← momentum·v - rate·g;   w ← w + v
/// Nesterov:  v ← momentum·v - rate·g;   w ← w + momentum·v - rate·g
/// </code>
/// Polyak, 1964; Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.
/// </summary>
public sealed class Sgd : Optimizer
{
    private readonly double momentum;

    /// <summary>Gradient descent with a learning rate.</summary>
    /// <param name="learningRate">The size of a step; 0.01 unless told otherwise.</param>
    public Sgd(double learningRate = 0.01)
        : base(learningRate)
    {
    }

    /// <summary>How much of the last step goes into the next, from 0 up to 1; 0 unless told otherwise.</summary>
    public double Momentum
    {
        get => momentum;
        init => momentum = value is >= 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), string.Create(CultureInfo.InvariantCulture, $"Sgd: expected a momentum from 0 to 1, got {value}."));
    }

    /// <summary>Whether the step looks ahead along the momentum; false unless told otherwise.</summary>
    public bool Nesterov { get; init; }

    /// <inheritdoc/>
    public override string Name => "SGD";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots => Momentum == 0 ? [] : ["velocity"];

    /// <inheritdoc/>
    protected override void Update<T>(Span<T> weights, ReadOnlySpan<T> gradient, IReadOnlyList<Tensor> slots)
    {
        T rate = T.CreateTruncating(LearningRate);
        if (Momentum == 0)
        {
            TensorPrimitives.FusedMultiplyAdd(gradient, -rate, weights, weights);
            return;
        }

        T keep = T.CreateTruncating(Momentum);
        Span<T> velocity = slots[0].AsSpan<T>();
        TensorPrimitives.Multiply(velocity, keep, velocity);
        TensorPrimitives.FusedMultiplyAdd(gradient, -rate, velocity, velocity);
        if (Nesterov)
        {
            TensorPrimitives.FusedMultiplyAdd(velocity, keep, weights, weights);
            TensorPrimitives.FusedMultiplyAdd(gradient, -rate, weights, weights);
        }
        else
        {
            TensorPrimitives.Add(weights, velocity, weights);
        }
    }
}
