using Tapestry.Autodiff;

namespace Tapestry.Optimizers;

/// <summary>Parameters that an optimizer treats in a way of their own.</summary>
/// <param name="contains">Which they are; asked once for each parameter.</param>
public sealed class ParameterGroup(Func<Parameter, bool> contains)
{
    private readonly double rateFactor = 1;

    /// <summary>Which they are.</summary>
    public Func<Parameter, bool> Contains { get; } = contains ?? throw new ArgumentNullException(nameof(contains));

    /// <summary>What the rate is multiplied by, 0 or more; 1 unless told otherwise.</summary>
    public double RateFactor
    {
        get => rateFactor;
        init => rateFactor = OptionCheck.NotNegative(this, nameof(RateFactor), value);
    }

    /// <summary>A decay of their own, <c>new WeightDecay(0)</c> for none; null, the default, for the optimizer's.</summary>
    public WeightDecay? WeightDecay { get; init; }
}
