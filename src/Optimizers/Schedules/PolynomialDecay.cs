namespace Tapestry.Optimizers;

/// <summary>
/// Falls to an end along a power: rate(t) = (initial rate - end rate)·(1 - min(t, decay steps)/decay steps)ᵖ + end rate; a straight line for p = 1. Where it cycles, decay steps are
/// multiplied by the least whole number that makes them t or more. Keras's <c>PolynomialDecay</c>.
/// </summary>
public sealed class PolynomialDecay : Schedule
{
    private readonly double initialRate;
    private readonly long decaySteps;
    private readonly double endRate = 0.0001;
    private readonly double power = 1;

    /// <summary>The schedule with its numbers.</summary>
    /// <param name="initialRate">The rate of the first step.</param>
    /// <param name="decaySteps">After how many steps the end is reached.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number lies outside its range.</exception>
    public PolynomialDecay(double initialRate, long decaySteps)
    {
        this.initialRate = Rate(nameof(initialRate), initialRate);
        this.decaySteps = Steps(nameof(decaySteps), decaySteps);
    }

    /// <summary>Where it ends; 0.0001 unless told otherwise.</summary>
    public double EndRate
    {
        get => endRate;
        init => endRate = Rate(nameof(EndRate), value);
    }

    /// <summary>p, above 0; 1 unless told otherwise.</summary>
    public double Power
    {
        get => power;
        init => power = OptionCheck.Positive(this, nameof(Power), value);
    }

    /// <summary>Whether it starts again when the end is reached, over a longer time; false unless told otherwise.</summary>
    public bool Cycle { get; init; }

    /// <inheritdoc/>
    public override double RateAt(long step)
    {
        double length = Cycle ? decaySteps * Math.Max(1, Math.Ceiling((double)step / decaySteps)) : decaySteps;
        double done = Math.Min(step, length) / length;
        return ((initialRate - EndRate) * Math.Pow(1 - done, Power)) + EndRate;
    }
}
