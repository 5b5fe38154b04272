namespace Tapestry.Optimizers;

/// <summary>The same rate for every step: what a warm-up leads to, where nothing else follows.</summary>
public sealed class ConstantRate : Schedule
{
    private readonly double rate;

    /// <summary>The schedule of one rate.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a finite number of 0 or more.</exception>
    public ConstantRate(double rate) => this.rate = Rate(nameof(rate), rate);

    /// <inheritdoc/>
    public override double RateAt(long step) => rate;
}
