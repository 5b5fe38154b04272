using System.Runtime.CompilerServices;
using Tapestry.Tensors;

namespace Tapestry.Optimizers;

/// <summary>
/// Steps in the units of the weights: the root of the average square of past steps over that of past gradients, with the formula of Keras and PyTorch:
/// <code>
/// a ← ρ·a + (1 - ρ)·g²
/// δ = √(d + ε)/√(a + ε) · g
/// d ← ρ·d + (1 - ρ)·δ²
/// w ← w - rate·δ
/// </code>
/// The paper has no rate: 1 is its algorithm, and Keras's default of 0.001 is slow. Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
/// </summary>
public sealed class Adadelta : Optimizer
{
    private readonly double rho = 0.95;
    private readonly double epsilon = 1e-7;

    /// <summary>Adadelta with a learning rate.</summary>
    /// <param name="learningRate">The size of a step; 0.001 unless told otherwise.</param>
    public Adadelta(double learningRate = 0.001)
        : base(learningRate)
    {
    }

    /// <summary>Adadelta with a schedule of rates.</summary>
    /// <param name="schedule">What gives each step its rate.</param>
    public Adadelta(Schedule schedule)
        : base(schedule)
    {
    }

    /// <summary>The weight of the old averages, from 0 up to, not including, 1; 0.95 unless told otherwise.</summary>
    public double Rho
    {
        get => rho;
        init => rho = OptionCheck.Share(this, nameof(Rho), value);
    }

    /// <summary>Added under both roots; 1e-7 unless told otherwise.</summary>
    public double Epsilon
    {
        get => epsilon;
        init => epsilon = OptionCheck.NotNegative(this, nameof(Epsilon), value);
    }

    /// <inheritdoc/>
    public override string Name => "Adadelta";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots { get; } = ["accumulated_gradient", "accumulated_delta"];

    /// <inheritdoc/>
    protected override void Update<T>(Span<T> weights, ReadOnlySpan<T> gradient, Slots<T> slots)
    {
        Rule<T> rule = new(T.CreateTruncating(-Rate), T.CreateTruncating(Rho), T.CreateTruncating(1 - Rho), T.CreateTruncating(Epsilon));
        UpdateLoop.Run(rule, weights, gradient, slots[0], slots[1]);
    }

    private readonly struct Rule<T>(T negativeRate, T keep, T add, T epsilon) : IUpdateRule<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<TLanes, TVector>(ref TVector weights, TVector gradient, ref TVector squares, ref TVector steps, ref TVector third)
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
        {
            (TVector old, TVector now, TVector under) = (TLanes.Broadcast(keep), TLanes.Broadcast(add), TLanes.Broadcast(epsilon));
            squares = TLanes.MultiplyAdd(TLanes.Multiply(gradient, gradient), now, TLanes.Multiply(squares, old));
            TVector scale = TLanes.Divide(TLanes.Sqrt(TLanes.Add(steps, under)), TLanes.Sqrt(TLanes.Add(squares, under)));
            TVector step = TLanes.Multiply(scale, gradient);
            steps = TLanes.MultiplyAdd(TLanes.Multiply(step, step), now, TLanes.Multiply(steps, old));
            weights = TLanes.MultiplyAdd(step, TLanes.Broadcast(negativeRate), weights);
        }
    }
}
