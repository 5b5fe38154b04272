using Tapestry.Autodiff;

namespace Tapestry.Samples.GradientCheckTests;

/// <summary>What is tested: a loss of one's own, made of the library's operations, and an attempt at the same with its derivative written by hand.</summary>
internal static class LogCosh
{
    /// <summary>The mean of ln cosh(t - y), as |d| + ln(1 + e⁻²ᵈ) - ln 2, which does not overflow. Its derivative is a mean of tanh(y - t).</summary>
    public static Variable Loss(Variable targets, Variable predictions)
    {
        Variable distance = Op.Abs(predictions - targets);
        return Op.Mean(distance + Op.Log1p(Op.Exp(-2 * distance)) - Math.Log(2));
    }

    /// <summary>The same number, but the gradient is sign(y - t): right far away from 0 alone. Whoever trains with it sees a loss that goes down.</summary>
    public static Variable Careless(Variable targets, Variable predictions)
    {
        Variable slope = Op.StopGradient(Op.Greater(predictions, targets) - Op.Greater(targets, predictions));
        Variable moving = Op.Mean(slope * (predictions - targets));
        return moving - Op.StopGradient(moving) + Op.StopGradient(Loss(targets, predictions));
    }
}
