using System.Runtime.CompilerServices;
using Tapestry.Tensors;

namespace Tapestry.Optimizers;

/// <summary>
/// Each weight's rate falls with the squares of all its gradients, with the formula of tf.keras 2.11 and Keras 3, in which ε stands under the root:
/// <code>
/// a ← a + g²,  from a = initial accumulator value
/// w ← w - rate·g/√(a + ε)
/// </code>
/// Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization", 2011.
/// </summary>
public sealed class Adagrad : Optimizer
{
    private readonly double initialAccumulatorValue = 0.1;
    private readonly double epsilon = 1e-7;

    /// <summary>Adagrad with a learning rate.</summary>
    /// <param name="learningRate">The size of a step; 0.001 unless told otherwise.</param>
    public Adagrad(double learningRate = 0.001)
        : base(learningRate)
    {
    }

    /// <summary>Adagrad with a schedule of rates.</summary>
    /// <param name="schedule">What gives each step its rate.</param>
    public Adagrad(Schedule schedule)
        : base(schedule)
    {
    }

    /// <summary>What the sums of squares start from, 0 or more; 0.1 unless told otherwise.</summary>
    public double InitialAccumulatorValue
    {
        get => initialAccumulatorValue;
        init => initialAccumulatorValue = OptionCheck.NotNegative(this, nameof(InitialAccumulatorValue), value);
    }

    /// <summary>Added under the root; 1e-7 unless told otherwise.</summary>
    public double Epsilon
    {
        get => epsilon;
        init => epsilon = OptionCheck.NotNegative(this, nameof(Epsilon), value);
    }

    /// <inheritdoc/>
    public override string Name => "Adagrad";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots { get; } = ["accumulator"];

    /// <inheritdoc/>
    protected override double InitialValue(int slot) => InitialAccumulatorValue;

    /// <inheritdoc/>
    protected override void Update<T>(Span<T> weights, ReadOnlySpan<T> gradient, Slots<T> slots) =>
        UpdateLoop.Run(new Rule<T>(T.CreateTruncating(-Rate), T.CreateTruncating(Epsilon)), weights, gradient, slots[0]);

    private readonly struct Rule<T>(T negativeRate, T epsilon) : IUpdateRule<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<TLanes, TVector>(ref TVector weights, TVector gradient, ref TVector accumulator, ref TVector second, ref TVector third)
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
        {
            accumulator = TLanes.MultiplyAdd(gradient, gradient, accumulator);
            TVector step = TLanes.Divide(gradient, TLanes.Sqrt(TLanes.Add(accumulator, TLanes.Broadcast(epsilon))));
            weights = TLanes.MultiplyAdd(step, TLanes.Broadcast(negativeRate), weights);
        }
    }
}
