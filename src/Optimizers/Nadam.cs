using System.Runtime.CompilerServices;
using Tapestry.Tensors;

namespace Tapestry.Optimizers;

/// <summary>
/// Adam with Nesterov's look ahead, by Keras's formula (PyTorch's NAdam with momentum_decay = 1):
/// <code>
/// μₜ = β₁·(1 - 0.5·0.96ᵗ),   πₜ = μ₁·μ₂·…·μₜ
/// m ← β₁·m + (1 - β₁)·g
/// v ← β₂·v + (1 - β₂)·g²
/// m̂ = μₜ₊₁·m/(1 - πₜ₊₁) + (1 - μₜ)·g/(1 - πₜ)
/// w ← w - rate · m̂/(√(v/(1 - β₂ᵗ)) + ε)
/// </code>
/// Dozat, "Incorporating Nesterov momentum into Adam", 2016.
/// </summary>
public sealed class Nadam : MomentOptimizer
{
    private const double MomentumDecay = 0.96;

    private double product = 1;
    private long multiplied;

    /// <summary>Nadam with a learning rate.</summary>
    /// <param name="learningRate">The size of a step; 0.001 unless told otherwise.</param>
    public Nadam(double learningRate = 0.001)
        : base(learningRate)
    {
    }

    /// <summary>Nadam with a schedule of rates.</summary>
    /// <param name="schedule">What gives each step its rate.</param>
    public Nadam(Schedule schedule)
        : base(schedule)
    {
    }

    /// <inheritdoc/>
    public override string Name => "Nadam";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots { get; } = ["m", "v"];

    /// <summary>π follows from the number of steps: it is not saved, but multiplied up again where a restored optimizer goes on.</summary>
    protected override void BeginStep()
    {
        if (multiplied >= Iterations) (product, multiplied) = (1, 0);
        while (multiplied < Iterations) product *= Mu(++multiplied);
    }

    /// <inheritdoc/>
    protected override void Update<T>(Span<T> weights, ReadOnlySpan<T> gradient, Slots<T> slots)
    {
        (double now, double next) = (Mu(Iterations), Mu(Iterations + 1));
        double beta1 = Cycled(Beta1);
        double ofMoment = Rate * next / (1 - (product * next)), ofGradient = Rate * (1 - now) / (1 - product);
        Rule<T> rule = new(
            T.CreateTruncating(ofMoment), T.CreateTruncating(ofGradient), T.CreateTruncating(beta1), T.CreateTruncating(1 - beta1), T.CreateTruncating(Beta2),
            T.CreateTruncating(1 - Beta2), T.CreateTruncating(1 / (1 - Math.Pow(Beta2, Iterations))), T.CreateTruncating(Epsilon));
        UpdateLoop.Run(rule, weights, gradient, slots[0], slots[1]);
    }

    /// <summary>The schedule counts its steps from 0.</summary>
    private double Mu(long step) => (Schedule.MomentumAt(step - 1) ?? Beta1) * (1 - (0.5 * Math.Pow(MomentumDecay, step)));

    private readonly struct Rule<T>(T ofMoment, T ofGradient, T keepM, T addM, T keepV, T addV, T correction, T beside) : IUpdateRule<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<TLanes, TVector>(ref TVector weights, TVector gradient, ref TVector m, ref TVector v, ref TVector third)
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
        {
            m = TLanes.MultiplyAdd(gradient, TLanes.Broadcast(addM), TLanes.Multiply(m, TLanes.Broadcast(keepM)));
            v = TLanes.MultiplyAdd(TLanes.Multiply(gradient, gradient), TLanes.Broadcast(addV), TLanes.Multiply(v, TLanes.Broadcast(keepV)));
            TVector ahead = TLanes.MultiplyAdd(m, TLanes.Broadcast(ofMoment), TLanes.Multiply(gradient, TLanes.Broadcast(ofGradient)));
            TVector root = TLanes.Sqrt(TLanes.Multiply(v, TLanes.Broadcast(correction)));
            weights = TLanes.Subtract(weights, TLanes.Divide(ahead, TLanes.Add(root, TLanes.Broadcast(beside))));
        }
    }
}
