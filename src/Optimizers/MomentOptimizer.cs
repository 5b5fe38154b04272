namespace Tapestry.Optimizers;

/// <summary>What Adam and its kin share: two running averages with a weight each, and the number that keeps a division from 0.</summary>
public abstract class MomentOptimizer : Optimizer
{
    private readonly double beta1 = 0.9;
    private readonly double beta2 = 0.999;
    private readonly double epsilon = 1e-7;

    /// <summary>Starts with a learning rate.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not a finite number of 0 or more.</exception>
    protected MomentOptimizer(double learningRate)
        : base(learningRate)
    {
    }

    /// <summary>Starts with a schedule of rates.</summary>
    protected MomentOptimizer(Schedule schedule)
        : base(schedule)
    {
    }

    /// <summary>The weight of the old average of gradients, from 0 up to, not including, 1; 0.9 unless told otherwise.</summary>
    public double Beta1
    {
        get => beta1;
        init => beta1 = OptionCheck.Share(this, nameof(Beta1), value);
    }

    /// <summary>The weight of the old measure of the gradients' size, from 0 up to, not including, 1; 0.999 unless told otherwise.</summary>
    public double Beta2
    {
        get => beta2;
        init => beta2 = OptionCheck.Share(this, nameof(Beta2), value);
    }

    /// <summary>Added to what is divided by; 1e-7 unless told otherwise.</summary>
    public double Epsilon
    {
        get => epsilon;
        init => epsilon = OptionCheck.NotNegative(this, nameof(Epsilon), value);
    }
}
