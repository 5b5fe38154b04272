namespace Tapestry.Optimizers;

/// <summary>
/// The learning rate of each step, as a function of the step's number alone: nothing of it needs saving but the optimizer's <see cref="Optimizer.Iterations"/>. Formulas are
/// those of Keras's <c>LearningRateSchedule</c>s.
/// </summary>
public abstract class Schedule
{
    /// <summary>The rate of a step.</summary>
    /// <param name="step">How many steps have been taken before it: 0 for the first.</param>
    public abstract double RateAt(long step);

    /// <summary>
    /// What stands in the place of the optimizer's momentum, or of β₁ where it has averages, in a step; null, unless a schedule says otherwise, to leave that as it is. An optimizer
    /// without momentum asks in vain.
    /// </summary>
    /// <param name="step">How many steps have been taken before it.</param>
    public virtual double? MomentumAt(long step) => null;

    /// <summary>A number that is a rate.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a finite number of 0 or more.</exception>
    private protected double Rate(string name, double value) => OptionCheck.NotNegative(this, name, value);

    /// <summary>A number of steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    private protected long Steps(string name, long value) => OptionCheck.AtLeastOne(this, name, value);
}
