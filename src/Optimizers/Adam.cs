namespace Tapestry.Optimizers;

/// <summary>
/// Steps scaled by running averages of the gradient and its square, with Keras's formula, in which ε stands beside √v and the corrections for the averages' start at 0
/// are folded into the rate:
/// <code>
/// m ← β₁·m + (1 - β₁)·g
/// v ← β₂·v + (1 - β₂)·g²
/// w ← w - rate·√(1 - β₂ᵗ)/(1 - β₁ᵗ) · m/(√v + ε)
/// AMSGrad:  v̂ ← max(v̂, v), which stands in the place of v in the last line
/// </code>
/// Kingma and Ba, "Adam: a method for stochastic optimization", 2015, the form at the end of its section 2; Reddi et al., "On the convergence of Adam and beyond", 2018.
/// </summary>
public sealed class Adam : MomentOptimizer
{
    /// <summary>Adam with a learning rate.</summary>
    /// <param name="learningRate">The size of a step; 0.001 unless told otherwise.</param>
    public Adam(double learningRate = 0.001)
        : base(learningRate)
    {
    }

    /// <summary>Adam with a schedule of rates.</summary>
    /// <param name="schedule">What gives each step its rate.</param>
    public Adam(Schedule schedule)
        : base(schedule)
    {
    }

    /// <summary>Whether the step is divided by the largest average of squares so far; false unless told otherwise.</summary>
    public bool AmsGrad { get; init; }

    /// <inheritdoc/>
    public override string Name => "Adam";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots => AmsGrad ? ["m", "v", "v_hat"] : ["m", "v"];

    /// <inheritdoc/>
    protected override void Update<T>(Span<T> weights, ReadOnlySpan<T> gradient, Slots<T> slots) =>
        AdamStep.Run(Rate, Cycled(Beta1), Beta2, Epsilon, Iterations, AmsGrad, weights, gradient, slots);
}
