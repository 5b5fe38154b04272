using System.Runtime.CompilerServices;
using Tapestry.Tensors;

namespace Tapestry.Optimizers;

/// <summary>
/// Adam with the largest gradient in the place of the average square, by Keras's formula, in which ε stands beside u (PyTorch's is inside the maximum):
/// <code>
/// m ← β₁·m + (1 - β₁)·g
/// u ← max(β₂·u, |g|)
/// w ← w - rate/(1 - β₁ᵗ) · m/(u + ε)
/// </code>
/// Kingma and Ba, "Adam: a method for stochastic optimization", 2015, section 7.1.
/// </summary>
public sealed class Adamax : MomentOptimizer
{
    /// <summary>Adamax with a learning rate.</summary>
    /// <param name="learningRate">The size of a step; 0.001 unless told otherwise.</param>
    public Adamax(double learningRate = 0.001)
        : base(learningRate)
    {
    }

    /// <summary>Adamax with a schedule of rates.</summary>
    /// <param name="schedule">What gives each step its rate.</param>
    public Adamax(Schedule schedule)
        : base(schedule)
    {
    }

    /// <inheritdoc/>
    public override string Name => "Adamax";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots { get; } = ["m", "u"];

    /// <inheritdoc/>
    protected override void Update<T>(Span<T> weights, ReadOnlySpan<T> gradient, Slots<T> slots)
    {
        double beta1 = Cycled(Beta1), rate = Rate / (1 - Math.Pow(beta1, Iterations));
        Rule<T> rule = new(T.CreateTruncating(-rate), T.CreateTruncating(beta1), T.CreateTruncating(1 - beta1), T.CreateTruncating(Beta2), T.CreateTruncating(Epsilon));
        UpdateLoop.Run(rule, weights, gradient, slots[0], slots[1]);
    }

    private readonly struct Rule<T>(T negativeRate, T keepM, T addM, T keepU, T beside) : IUpdateRule<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<TLanes, TVector>(ref TVector weights, TVector gradient, ref TVector m, ref TVector u, ref TVector third)
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
        {
            m = TLanes.MultiplyAdd(gradient, TLanes.Broadcast(addM), TLanes.Multiply(m, TLanes.Broadcast(keepM)));
            TVector size = TLanes.Max(gradient, TLanes.Subtract(default, gradient));
            u = TLanes.Max(TLanes.Multiply(u, TLanes.Broadcast(keepU)), size);
            weights = TLanes.MultiplyAdd(TLanes.Divide(m, TLanes.Add(u, TLanes.Broadcast(beside))), TLanes.Broadcast(negativeRate), weights);
        }
    }
}
