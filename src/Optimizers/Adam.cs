using System.Globalization;
using System.Runtime.CompilerServices;
using Tapestry.Tensors;

namespace Tapestry.Optimizers;

/// <summary>
/// Steps scaled by running averages of the gradient and its square, with Keras's formula, in which ε stands beside √v and the corrections for the averages' start at 0
/// are folded into the rate:
/// <code>
/// m ← β₁·m + (1 - β₁)·g
/// v ← β₂·v + (1 - β₂)·g²
/// w ← w - rate·√(1 - β₂ᵗ)/(1 - β₁ᵗ) · m/(√v + ε)
/// </code>
/// Kingma and Ba, "Adam: a method for stochastic optimization", 2015, the form at the end of its section 2.
/// </summary>
public sealed class Adam : Optimizer
{
    private readonly double beta1 = 0.9;
    private readonly double beta2 = 0.999;
    private readonly double epsilon = 1e-7;

    /// <summary>Adam with a learning rate.</summary>
    /// <param name="learningRate">The size of a step; 0.001 unless told otherwise.</param>
    public Adam(double learningRate = 0.001)
        : base(learningRate)
    {
    }

    /// <summary>The weight of the old average of gradients, from 0 up to, not including, 1; 0.9 unless told otherwise.</summary>
    public double Beta1
    {
        get => beta1;
        init => beta1 = value is >= 0 and < 1 ? value : throw Error(nameof(Beta1), "a number from 0 up to, not including, 1", value);
    }

    /// <summary>The weight of the old average of squared gradients, from 0 up to, not including, 1; 0.999 unless told otherwise.</summary>
    public double Beta2
    {
        get => beta2;
        init => beta2 = value is >= 0 and < 1 ? value : throw Error(nameof(Beta2), "a number from 0 up to, not including, 1", value);
    }

    /// <summary>Added to √v; 1e-7 unless told otherwise.</summary>
    public double Epsilon
    {
        get => epsilon;
        init => epsilon = value is >= 0 and < double.PositiveInfinity ? value : throw Error(nameof(Epsilon), "a finite number of 0 or more", value);
    }

    /// <inheritdoc/>
    public override string Name => "Adam";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots { get; } = ["m", "v"];

    /// <inheritdoc/>
    protected override void Update<T>(Span<T> weights, ReadOnlySpan<T> gradient, IReadOnlyList<Tensor> slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        double rate = LearningRate * Math.Sqrt(1 - Math.Pow(Beta2, Iterations)) / (1 - Math.Pow(Beta1, Iterations));
        Rule<T> rule = new(
            T.CreateTruncating(-rate), T.CreateTruncating(Beta1), T.CreateTruncating(1 - Beta1), T.CreateTruncating(Beta2), T.CreateTruncating(1 - Beta2), T.CreateTruncating(Epsilon));
        UpdateLoop.Run(rule, weights, gradient, slots[0].AsSpan<T>(), slots[1].AsSpan<T>());
    }

    private readonly struct Rule<T>(T negativeRate, T keepM, T addM, T keepV, T addV, T beside) : IUpdateRule<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<TLanes, TVector>(ref TVector weights, TVector gradient, ref TVector m, ref TVector v)
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
        {
            m = TLanes.MultiplyAdd(gradient, TLanes.Broadcast(addM), TLanes.Multiply(m, TLanes.Broadcast(keepM)));
            v = TLanes.MultiplyAdd(TLanes.Multiply(gradient, gradient), TLanes.Broadcast(addV), TLanes.Multiply(v, TLanes.Broadcast(keepV)));
            TVector step = TLanes.Divide(m, TLanes.Add(TLanes.Sqrt(v), TLanes.Broadcast(beside)));
            weights = TLanes.MultiplyAdd(step, TLanes.Broadcast(negativeRate), weights);
        }
    }

    private static ArgumentOutOfRangeException Error(string option, string expected, double got) =>
        new(option, string.Create(CultureInfo.InvariantCulture, $"Adam: expected {option} to be {expected}, got {got}."));
}
