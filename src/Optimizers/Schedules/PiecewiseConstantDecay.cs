namespace Tapestry.Optimizers;

/// <summary>
/// One rate after another: the first up to and including the step of the first boundary, the second up to and including that of the second, and so on. Keras's
/// <c>PiecewiseConstantDecay</c>.
/// </summary>
public sealed class PiecewiseConstantDecay : Schedule
{
    private readonly long[] boundaries;
    private readonly double[] rates;

    /// <summary>The schedule with its numbers.</summary>
    /// <param name="boundaries">The last steps of all rates but the last, rising.</param>
    /// <param name="rates">One more than boundaries.</param>
    /// <exception cref="ArgumentException">There are not as many, boundaries do not rise, or a rate is not a finite number of 0 or more.</exception>
    public PiecewiseConstantDecay(IReadOnlyList<long> boundaries, IReadOnlyList<double> rates)
    {
        ArgumentNullException.ThrowIfNull(boundaries);
        ArgumentNullException.ThrowIfNull(rates);
        if (rates.Count != boundaries.Count + 1)
        {
            throw new ArgumentException(FormattableString.Invariant($"PiecewiseConstantDecay: expected one rate more than boundaries, got {rates.Count} rates and {boundaries.Count} boundaries."), nameof(rates));
        }

        for (int i = 1; i < boundaries.Count; i++)
        {
            if (boundaries[i] <= boundaries[i - 1])
            {
                throw new ArgumentException(FormattableString.Invariant($"PiecewiseConstantDecay: expected boundaries that rise, got {boundaries[i - 1]} before {boundaries[i]}."), nameof(boundaries));
            }
        }

        this.boundaries = [.. boundaries];
        this.rates = [.. rates.Select(rate => Rate(nameof(rate), rate))];
    }

    /// <inheritdoc/>
    public override double RateAt(long step)
    {
        int piece = 0;
        while (piece < boundaries.Length && step > boundaries[piece]) piece++;
        return rates[piece];
    }
}
