namespace Tapestry.Optimizers;

/// <summary>
/// A straight line up to where another schedule starts, and then that: rate(t) = from + (then(0) - from)·t/steps for t below steps, and then(t - steps) from there on. Keras's
/// <c>warmup_steps</c> of <c>CosineDecay</c>, before any schedule. Goyal et al., "Accurate, large minibatch SGD", 2017.
/// </summary>
public sealed class WarmUp : Schedule
{
    private readonly Schedule then;
    private readonly long steps;
    private readonly double from;

    /// <summary>A warm-up.</summary>
    /// <param name="then">What follows.</param>
    /// <param name="steps">How many steps it takes to get there.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are less than 1.</exception>
    public WarmUp(Schedule then, long steps)
    {
        ArgumentNullException.ThrowIfNull(then);
        this.then = then;
        this.steps = Steps(nameof(steps), steps);
    }

    /// <summary>The rate of the first step; 0 unless told otherwise.</summary>
    public double From
    {
        get => from;
        init => from = Rate(nameof(From), value);
    }

    /// <inheritdoc/>
    public override double RateAt(long step) => step < steps ? From + ((then.RateAt(0) - From) * step / steps) : then.RateAt(step - steps);

    /// <inheritdoc/>
    public override double? MomentumAt(long step) => then.MomentumAt(Math.Max(0, step - steps));
}
