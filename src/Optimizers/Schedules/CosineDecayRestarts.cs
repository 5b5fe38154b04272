namespace Tapestry.Optimizers;

/// <summary>
/// <see cref="CosineDecay"/> over and over: the i-th period, from 0, has first decay steps·(t mul)ⁱ steps, and in it rate = initial rate·((1 - α)·(m mul)ⁱ·½(1 + cos(π·done)) + α),
/// where done goes from 0 to 1. Keras's <c>CosineDecayRestarts</c>. Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
/// </summary>
public sealed class CosineDecayRestarts : Schedule
{
    private readonly double initialRate;
    private readonly long firstDecaySteps;
    private readonly double tMul = 2;
    private readonly double mMul = 1;
    private readonly double alpha;

    /// <summary>The schedule with its numbers.</summary>
    /// <param name="initialRate">The rate of the first step.</param>
    /// <param name="firstDecaySteps">How many steps the first period has.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number lies outside its range.</exception>
    public CosineDecayRestarts(double initialRate, long firstDecaySteps)
    {
        this.initialRate = Rate(nameof(initialRate), initialRate);
        this.firstDecaySteps = Steps(nameof(firstDecaySteps), firstDecaySteps);
    }

    /// <summary>How many times as long each period is as the one before, 1 or more; 2 unless told otherwise.</summary>
    public double TMul
    {
        get => tMul;
        init => tMul = value is >= 1 and < double.PositiveInfinity
            ? value
            : throw new ArgumentOutOfRangeException(nameof(TMul), FormattableString.Invariant($"CosineDecayRestarts: expected TMul to be a finite number of 1 or more, got {value}."));
    }

    /// <summary>What each period's rate is multiplied by, against the one before; 1 unless told otherwise.</summary>
    public double MMul
    {
        get => mMul;
        init => mMul = OptionCheck.NotNegative(this, nameof(MMul), value);
    }

    /// <summary>Where each period ends, as a share of the initial rate; 0 unless told otherwise.</summary>
    public double Alpha
    {
        get => alpha;
        init => alpha = OptionCheck.Fraction(this, nameof(Alpha), value);
    }

    /// <inheritdoc/>
    public override double RateAt(long step)
    {
        // By going through the periods: Keras's logarithm misses a restart now and then by its rounding.
        (double start, double length, double period) = (0, firstDecaySteps, 0);
        if (TMul == 1) (period, start) = (step / firstDecaySteps, step / firstDecaySteps * firstDecaySteps);
        else for (; step >= start + length; length *= TMul, period++) start += length;
        return initialRate * (((1 - Alpha) * Math.Pow(MMul, period) * CosineDecay.Share((step - start) / length)) + Alpha);
    }
}
