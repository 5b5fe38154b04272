namespace Tapestry.Optimizers;

/// <summary>
/// Up to a large rate and down to nearly nothing, while the momentum goes down and up: PyTorch's <c>OneCycleLR</c> with its formula and defaults. From max rate/div factor to max
/// rate in the first share of the steps, then to max rate/(div factor·final div factor) with the last step, where it stays; momentum, or β₁, from the larger to the smaller and
/// back. Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2018.
/// </summary>
public sealed class OneCycle : Schedule
{
    private readonly double maxRate;
    private readonly long totalSteps;
    private readonly double warmUpShare = 0.3;
    private readonly double divFactor = 25;
    private readonly double finalDivFactor = 1e4;
    private readonly double baseMomentum = 0.85;
    private readonly double maxMomentum = 0.95;

    /// <summary>The schedule with its numbers.</summary>
    /// <param name="maxRate">The largest rate.</param>
    /// <param name="totalSteps">How many steps there are.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number lies outside its range.</exception>
    public OneCycle(double maxRate, long totalSteps)
    {
        this.maxRate = Rate(nameof(maxRate), maxRate);
        this.totalSteps = Steps(nameof(totalSteps), totalSteps);
    }

    /// <summary>The share of the steps in which the rate rises, from 0 to 1; 0.3 unless told otherwise. PyTorch's <c>pct_start</c>.</summary>
    public double WarmUpShare
    {
        get => warmUpShare;
        init => warmUpShare = OptionCheck.Fraction(this, nameof(WarmUpShare), value);
    }

    /// <summary>How many times the largest rate is the first one; 25 unless told otherwise.</summary>
    public double DivFactor
    {
        get => divFactor;
        init => divFactor = OptionCheck.Positive(this, nameof(DivFactor), value);
    }

    /// <summary>How many times the first rate is the last one; 10,000 unless told otherwise.</summary>
    public double FinalDivFactor
    {
        get => finalDivFactor;
        init => finalDivFactor = OptionCheck.Positive(this, nameof(FinalDivFactor), value);
    }

    /// <summary>Whether rate and momentum go along straight lines instead of half cosines; false unless told otherwise.</summary>
    public bool Linear { get; init; }

    /// <summary>Whether the momentum is cycled too; true unless told otherwise.</summary>
    public bool CycleMomentum { get; init; } = true;

    /// <summary>The momentum where the rate is largest; 0.85 unless told otherwise.</summary>
    public double BaseMomentum
    {
        get => baseMomentum;
        init => baseMomentum = OptionCheck.Share(this, nameof(BaseMomentum), value);
    }

    /// <summary>The momentum of the first and the last step; 0.95 unless told otherwise.</summary>
    public double MaxMomentum
    {
        get => maxMomentum;
        init => maxMomentum = OptionCheck.Share(this, nameof(MaxMomentum), value);
    }

    /// <inheritdoc/>
    public override double RateAt(long step) => Along(step, maxRate / DivFactor, maxRate, maxRate / DivFactor / FinalDivFactor);

    /// <inheritdoc/>
    public override double? MomentumAt(long step) => CycleMomentum ? Along(step, MaxMomentum, BaseMomentum, MaxMomentum) : null;

    private double Along(long step, double first, double middle, double last)
    {
        double top = (WarmUpShare * totalSteps) - 1, end = totalSteps - 1;
        if (step >= end) return last;
        return step <= top ? Between(first, middle, top == 0 ? 1 : step / top) : Between(middle, last, (step - top) / (end - top));
    }

    private double Between(double start, double end, double done) => Linear ? start + ((end - start) * done) : end + ((start - end) * CosineDecay.Share(done));
}
