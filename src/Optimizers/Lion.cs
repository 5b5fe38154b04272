using System.Runtime.CompilerServices;
using Tapestry.Tensors;

namespace Tapestry.Optimizers;

/// <summary>
/// Steps of one size, by the sign of an average, with Keras's formula:
/// <code>
/// w ← w - rate·sign(β₁·m + (1 - β₁)·g)
/// m ← β₂·m + (1 - β₂)·g
/// </code>
/// A good rate is three to ten times smaller than Adam's, and a good decay as much larger. Chen et al., "Symbolic discovery of optimization algorithms", 2023.
/// </summary>
public sealed class Lion : Optimizer
{
    private readonly double beta1 = 0.9;
    private readonly double beta2 = 0.99;

    /// <summary>Lion with a learning rate.</summary>
    /// <param name="learningRate">The size of a step; 0.001 unless told otherwise.</param>
    public Lion(double learningRate = 0.001)
        : base(learningRate)
    {
    }

    /// <summary>Lion with a schedule of rates.</summary>
    /// <param name="schedule">What gives each step its rate.</param>
    public Lion(Schedule schedule)
        : base(schedule)
    {
    }

    /// <summary>The weight of the average in the step, from 0 up to, not including, 1; 0.9 unless told otherwise.</summary>
    public double Beta1
    {
        get => beta1;
        init => beta1 = OptionCheck.Share(this, nameof(Beta1), value);
    }

    /// <summary>The weight of the old average in the new, from 0 up to, not including, 1; 0.99 unless told otherwise.</summary>
    public double Beta2
    {
        get => beta2;
        init => beta2 = OptionCheck.Share(this, nameof(Beta2), value);
    }

    /// <inheritdoc/>
    public override string Name => "Lion";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots { get; } = ["m"];

    /// <inheritdoc/>
    protected override void Update<T>(Span<T> weights, ReadOnlySpan<T> gradient, Slots<T> slots)
    {
        double beta1 = Cycled(Beta1);
        Rule<T> rule = new(T.CreateTruncating(-Rate), T.CreateTruncating(beta1), T.CreateTruncating(1 - beta1), T.CreateTruncating(Beta2), T.CreateTruncating(1 - Beta2));
        UpdateLoop.Run(rule, weights, gradient, slots[0]);
    }

    private readonly struct Rule<T>(T negativeRate, T keepInStep, T addInStep, T keep, T add) : IUpdateRule<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<TLanes, TVector>(ref TVector weights, TVector gradient, ref TVector m, ref TVector second, ref TVector third)
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
        {
            TVector direction = TLanes.MultiplyAdd(gradient, TLanes.Broadcast(addInStep), TLanes.Multiply(m, TLanes.Broadcast(keepInStep)));
            weights = TLanes.MultiplyAdd(TLanes.Sign(direction), TLanes.Broadcast(negativeRate), weights);
            m = TLanes.MultiplyAdd(gradient, TLanes.Broadcast(add), TLanes.Multiply(m, TLanes.Broadcast(keep)));
        }
    }
}
