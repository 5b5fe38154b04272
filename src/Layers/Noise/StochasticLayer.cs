using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// A layer that disturbs its input at random in training, and is the identity in inference. It draws from a stream of its own, which a checkpoint saves and a replay repeats.
/// The shape stays. A layer of one's own implements <see cref="Disturb"/>.
/// </summary>
public abstract class StochasticLayer : Layer, IStochastic
{
    /// <inheritdoc/>
    public Rng Rng { get; set; } = new(0);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <summary>Whether there is anything to draw; where not, nothing is.</summary>
    protected abstract bool IsActive { get; }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng) => Rng = rng;

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(mode);
        return mode.Training && IsActive ? Disturb(x, x.Tape?.DrawFrom(Rng) ?? Rng) : x;
    }

    /// <summary>What a training pass makes of its input.</summary>
    /// <param name="x">[N, ...input]</param>
    /// <param name="rng">Where the numbers come from.</param>
    protected abstract Variable Disturb(Variable x, Rng rng);

    /// <summary>A rate from 0 up to, not including, 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It lies elsewhere.</exception>
    private protected static double CheckedRate(double rate, string layer) => rate is >= 0 and < 1
        ? rate
        : throw new ArgumentOutOfRangeException(nameof(rate), FormattableString.Invariant($"{layer}: expected a rate from 0 up to, not including, 1, got {rate}."));
}
