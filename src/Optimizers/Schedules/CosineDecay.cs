namespace Tapestry.Optimizers;

/// <summary>
/// Falls along half a cosine: rate(t) = initial rate·((1 - α)·½(1 + cos(π·min(t, decay steps)/decay steps)) + α). Keras's <c>CosineDecay</c>; its warm-up is
/// <see cref="WarmUp"/>. Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
/// </summary>
public sealed class CosineDecay : Schedule
{
    private readonly double initialRate;
    private readonly long decaySteps;
    private readonly double alpha;

    /// <summary>The schedule with its numbers.</summary>
    /// <param name="initialRate">The rate of the first step.</param>
    /// <param name="decaySteps">After how many steps the end is reached.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number lies outside its range.</exception>
    public CosineDecay(double initialRate, long decaySteps)
    {
        this.initialRate = Rate(nameof(initialRate), initialRate);
        this.decaySteps = Steps(nameof(decaySteps), decaySteps);
    }

    /// <summary>Where it ends, as a share of the initial rate; 0 unless told otherwise.</summary>
    public double Alpha
    {
        get => alpha;
        init => alpha = OptionCheck.Fraction(this, nameof(Alpha), value);
    }

    /// <inheritdoc/>
    public override double RateAt(long step) => initialRate * (((1 - Alpha) * Share((double)Math.Min(step, decaySteps) / decaySteps)) + Alpha);

    /// <summary>½(1 + cos πx): from 1 at 0 to 0 at 1.</summary>
    internal static double Share(double done) => 0.5 * (1 + Math.Cos(Math.PI * done));
}
