namespace Tapestry.Optimizers;

/// <summary>
/// <see cref="Adam"/> with decoupled weight decay, by Keras's formula and PyTorch's alike: w ← w - rate·decay·w before Adam's step. The decay is 0.004 unless
/// <see cref="Optimizer.WeightDecay"/> says otherwise, and leaves out what <see cref="WeightDecay.IsMeantFor"/> does; Keras's own leaves out nothing.
/// Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
/// </summary>
public sealed class AdamW : MomentOptimizer
{
    private const double DefaultDecay = 0.004;

    /// <summary>AdamW with a learning rate.</summary>
    /// <param name="learningRate">The size of a step; 0.001 unless told otherwise.</param>
    public AdamW(double learningRate = 0.001)
        : base(learningRate) => WeightDecay = new WeightDecay(DefaultDecay);

    /// <summary>AdamW with a schedule of rates.</summary>
    /// <param name="schedule">What gives each step its rate.</param>
    public AdamW(Schedule schedule)
        : base(schedule) => WeightDecay = new WeightDecay(DefaultDecay);

    /// <summary>Whether the step is divided by the largest average of squares so far; false unless told otherwise.</summary>
    public bool AmsGrad { get; init; }

    /// <inheritdoc/>
    public override string Name => "AdamW";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots => AmsGrad ? ["m", "v", "v_hat"] : ["m", "v"];

    /// <inheritdoc/>
    protected override void Update<T>(Span<T> weights, ReadOnlySpan<T> gradient, Slots<T> slots) =>
        AdamStep.Run(Rate, Cycled(Beta1), Beta2, Epsilon, Iterations, AmsGrad, weights, gradient, slots);
}
