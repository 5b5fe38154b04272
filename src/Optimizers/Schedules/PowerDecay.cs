namespace Tapestry.Optimizers;

/// <summary>
/// Falls as a power: rate(t) = initial rate/(1 + t/decay steps)ᵖ. Power scheduling of Senior et al., "An empirical study of learning rates in deep neural networks for speech
/// recognition", 2013; with p = 1 it is <see cref="InverseTimeDecay"/>, and Keras 2's argument <c>decay</c> is 1/decay steps.
/// </summary>
public sealed class PowerDecay : Schedule
{
    private readonly double initialRate;
    private readonly long decaySteps;
    private readonly double power = 1;

    /// <summary>The schedule with its numbers.</summary>
    /// <param name="initialRate">The rate of the first step.</param>
    /// <param name="decaySteps">After how many steps it is initial rate/2ᵖ.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number lies outside its range.</exception>
    public PowerDecay(double initialRate, long decaySteps)
    {
        this.initialRate = Rate(nameof(initialRate), initialRate);
        this.decaySteps = Steps(nameof(decaySteps), decaySteps);
    }

    /// <summary>p, above 0; 1 unless told otherwise.</summary>
    public double Power
    {
        get => power;
        init => power = OptionCheck.Positive(this, nameof(Power), value);
    }

    /// <inheritdoc/>
    public override double RateAt(long step) => initialRate / Math.Pow(1 + ((double)step / decaySteps), Power);
}
