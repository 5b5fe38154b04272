using System.Runtime.CompilerServices;
using Tapestry.Tensors;

namespace Tapestry.Optimizers;

/// <summary>
/// Gradient descent, with Keras's formulas:
/// <code>
/// plain:     w ← w - rate·g
/// momentum:  v ← momentum·v - rate·g;   w ← w + v
/// Nesterov:  v ← momentum·v - rate·g;   w ← w + momentum·v - rate·g
/// </code>
/// Polyak, 1964; Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.
/// </summary>
public sealed class Sgd : Optimizer
{
    private readonly double momentum;

    /// <summary>Gradient descent with a learning rate.</summary>
    /// <param name="learningRate">The size of a step; 0.01 unless told otherwise.</param>
    public Sgd(double learningRate = 0.01)
        : base(learningRate)
    {
    }

    /// <summary>Gradient descent with a schedule of rates.</summary>
    /// <param name="schedule">What gives each step its rate.</param>
    public Sgd(Schedule schedule)
        : base(schedule)
    {
    }

    /// <summary>How much of the last step goes into the next, from 0 up to 1; 0 unless told otherwise.</summary>
    public double Momentum
    {
        get => momentum;
        init => momentum = OptionCheck.Fraction(this, nameof(Momentum), value);
    }

    /// <summary>Whether the step looks ahead along the momentum; false unless told otherwise.</summary>
    public bool Nesterov { get; init; }

    /// <inheritdoc/>
    public override string Name => "SGD";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots => Momentum == 0 ? [] : ["velocity"];

    /// <inheritdoc/>
    protected override void Update<T>(Span<T> weights, ReadOnlySpan<T> gradient, Slots<T> slots)
    {
        (T negativeRate, T keep) = (T.CreateTruncating(-Rate), T.CreateTruncating(Cycled(Momentum)));
        if (Momentum == 0) UpdateLoop.Run(new Plain<T>(negativeRate), weights, gradient);
        else if (Nesterov) UpdateLoop.Run(new Ahead<T>(negativeRate, keep), weights, gradient, slots[0]);
        else UpdateLoop.Run(new WithMomentum<T>(negativeRate, keep), weights, gradient, slots[0]);
    }

    private readonly struct Plain<T>(T negativeRate) : IUpdateRule<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<TLanes, TVector>(ref TVector weights, TVector gradient, ref TVector first, ref TVector second, ref TVector third)
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct => weights = TLanes.MultiplyAdd(gradient, TLanes.Broadcast(negativeRate), weights);
    }

    private readonly struct WithMomentum<T>(T negativeRate, T keep) : IUpdateRule<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<TLanes, TVector>(ref TVector weights, TVector gradient, ref TVector velocity, ref TVector second, ref TVector third)
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
        {
            velocity = TLanes.MultiplyAdd(gradient, TLanes.Broadcast(negativeRate), TLanes.Multiply(velocity, TLanes.Broadcast(keep)));
            weights = TLanes.Add(weights, velocity);
        }
    }

    private readonly struct Ahead<T>(T negativeRate, T keep) : IUpdateRule<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<TLanes, TVector>(ref TVector weights, TVector gradient, ref TVector velocity, ref TVector second, ref TVector third)
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
        {
            TVector step = TLanes.Broadcast(negativeRate);
            velocity = TLanes.MultiplyAdd(gradient, step, TLanes.Multiply(velocity, TLanes.Broadcast(keep)));
            weights = TLanes.MultiplyAdd(gradient, step, TLanes.MultiplyAdd(velocity, TLanes.Broadcast(keep), weights));
        }
    }
}
