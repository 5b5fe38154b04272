using System.Globalization;
using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>
/// Batch renormalization: in training x̂ is corrected to x̂·r + d, with r = σ/σᵣ and d = (μ - μᵣ)/σᵣ, where μᵣ and σᵣ ≥ √ε are averages of their own from before this
/// batch, σ = √(σ² + ε), and no gradient passes through r and d. Ioffe, "Batch renormalization", 2017 (batchnorm.md E5 to E9).
/// </summary>
public sealed record Renorm
{
    /// <summary>r is at most this; no bound unless told otherwise.</summary>
    public double MaxR { get; init; } = double.PositiveInfinity;

    /// <summary>r is at least this; 0 unless told otherwise.</summary>
    public double MinR { get; init; }

    /// <summary>d lies within plus and minus this; no bound unless told otherwise.</summary>
    public double MaxD { get; init; } = double.PositiveInfinity;

    /// <summary>The weight of the old μᵣ and σᵣ; 0.99 unless told otherwise. The layer's momentum still drives what inference uses.</summary>
    public double Momentum { get; init; } = 0.99;

    /// <exception cref="ArgumentException">The bounds exclude everything, or a value lies outside its range.</exception>
    internal void Check()
    {
        if (!(MinR >= 0 && MinR <= MaxR)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Renorm: expected 0 <= rmin <= rmax, got rmin {MinR} and rmax {MaxR}."));
        if (!(MaxD >= 0)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Renorm: expected dmax of 0 or more, got {MaxD}."));
        if (Momentum is not (>= 0 and <= 1)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Renorm: expected a momentum from 0 to 1, got {Momentum}."));
    }

    /// <summary>r and d, as constants to the derivative.</summary>
    internal (Variable R, Variable D) Corrections(Variable mean, Variable deviation, Variable renormMean, Variable renormDeviation, double epsilon)
    {
        Variable reference = Op.Clip(renormDeviation, Math.Sqrt(epsilon), double.PositiveInfinity);
        Variable r = Op.Clip(deviation / reference, MinR, MaxR);
        Variable d = Op.Clip((mean - renormMean) / reference, -MaxD, MaxD);
        return (Op.StopGradient(r), Op.StopGradient(d));
    }
}
