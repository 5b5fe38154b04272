using System.Runtime.CompilerServices;
using Tapestry.Tensors;

namespace Tapestry.Optimizers;

/// <summary>
/// Steps divided by the root of a running average of squared gradients, with the formula of tf.keras 2.11 and Keras 3, in which ε stands under the root and the rate inside
/// the momentum:
/// <code>
/// v ← ρ·v + (1 - ρ)·g²
/// centred:   a ← ρ·a + (1 - ρ)·g,  and v - a² in the place of v below
/// step = rate·g/√(v + ε)
/// plain:     w ← w - step
/// momentum:  b ← momentum·b + step;   w ← w - b
/// </code>
/// The variance v - a² is held at 0 or more, which rounding may take it below. Tieleman and Hinton, "Lecture 6.5 - RMSprop", 2012; centred and with momentum: Graves,
/// "Generating sequences with recurrent neural networks", 2013.
/// </summary>
public sealed class RmsProp : Optimizer
{
    private readonly double rho = 0.9;
    private readonly double momentum;
    private readonly double epsilon = 1e-7;

    /// <summary>RMSprop with a learning rate.</summary>
    /// <param name="learningRate">The size of a step; 0.001 unless told otherwise.</param>
    public RmsProp(double learningRate = 0.001)
        : base(learningRate)
    {
    }

    /// <summary>RMSprop with a schedule of rates.</summary>
    /// <param name="schedule">What gives each step its rate.</param>
    public RmsProp(Schedule schedule)
        : base(schedule)
    {
    }

    /// <summary>The weight of the old averages, from 0 up to, not including, 1; 0.9 unless told otherwise.</summary>
    public double Rho
    {
        get => rho;
        init => rho = OptionCheck.Share(this, nameof(Rho), value);
    }

    /// <summary>How much of the last step goes into the next, from 0 to 1; 0 unless told otherwise.</summary>
    public double Momentum
    {
        get => momentum;
        init => momentum = OptionCheck.Fraction(this, nameof(Momentum), value);
    }

    /// <summary>Added under the root; 1e-7 unless told otherwise.</summary>
    public double Epsilon
    {
        get => epsilon;
        init => epsilon = OptionCheck.NotNegative(this, nameof(Epsilon), value);
    }

    /// <summary>Whether gradients are measured by their variance instead of their squares; false unless told otherwise.</summary>
    public bool Centered { get; init; }

    /// <inheritdoc/>
    public override string Name => "RMSprop";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots => (Momentum > 0, Centered) switch
    {
        (false, false) => ["velocity"],
        (true, false) => ["velocity", "momentum"],
        (false, true) => ["velocity", "average_gradient"],
        (true, true) => ["velocity", "momentum", "average_gradient"],
    };

    /// <inheritdoc/>
    protected override void Update<T>(Span<T> weights, ReadOnlySpan<T> gradient, Slots<T> slots)
    {
        Rule<T> rule = new(T.CreateTruncating(Rate), T.CreateTruncating(Rho), T.CreateTruncating(1 - Rho), T.CreateTruncating(Epsilon), T.CreateTruncating(Cycled(Momentum)), Momentum > 0, Centered);
        UpdateLoop.Run(rule, weights, gradient, slots[0], Momentum > 0 ? slots[1] : default, Centered ? slots[Momentum > 0 ? 2 : 1] : default);
    }

    private readonly struct Rule<T>(T rate, T keep, T add, T epsilon, T keepStep, bool hasMomentum, bool isCentered) : IUpdateRule<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<TLanes, TVector>(ref TVector weights, TVector gradient, ref TVector velocity, ref TVector momentum, ref TVector average)
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
        {
            (TVector old, TVector now) = (TLanes.Broadcast(keep), TLanes.Broadcast(add));
            velocity = TLanes.MultiplyAdd(TLanes.Multiply(gradient, gradient), now, TLanes.Multiply(velocity, old));
            TVector measure = velocity;
            if (isCentered)
            {
                average = TLanes.MultiplyAdd(gradient, now, TLanes.Multiply(average, old));
                measure = TLanes.Max(TLanes.Subtract(velocity, TLanes.Multiply(average, average)), default);
            }

            TVector step = TLanes.Divide(TLanes.Multiply(gradient, TLanes.Broadcast(rate)), TLanes.Sqrt(TLanes.Add(measure, TLanes.Broadcast(epsilon))));
            if (hasMomentum) step = momentum = TLanes.MultiplyAdd(momentum, TLanes.Broadcast(keepStep), step);
            weights = TLanes.Subtract(weights, step);
        }
    }
}
