namespace Tapestry.Optimizers;

/// <summary>
/// Falls as 1/t: rate(t) = initial rate/(1 + decay rate · t/decay steps), the fraction rounded down where it is a staircase. Keras's <c>InverseTimeDecay</c>.
/// </summary>
public sealed class InverseTimeDecay : Schedule
{
    private readonly double initialRate;
    private readonly long decaySteps;
    private readonly double decayRate;

    /// <summary>The schedule with its numbers.</summary>
    /// <param name="initialRate">The rate of the first step.</param>
    /// <param name="decaySteps">In how many steps it decays once.</param>
    /// <param name="decayRate">How much it decays then, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number lies outside its range.</exception>
    public InverseTimeDecay(double initialRate, long decaySteps, double decayRate)
    {
        this.initialRate = Rate(nameof(initialRate), initialRate);
        this.decaySteps = Steps(nameof(decaySteps), decaySteps);
        this.decayRate = OptionCheck.NotNegative(this, nameof(decayRate), decayRate);
    }

    /// <summary>Whether it decays only when all the steps have been taken, at once; false unless told otherwise.</summary>
    public bool Staircase { get; init; }

    /// <inheritdoc/>
    public override double RateAt(long step)
    {
        double decays = (double)step / decaySteps;
        if (Staircase) decays = Math.Floor(decays);
        return initialRate / (1 + (decayRate * decays));
    }
}
