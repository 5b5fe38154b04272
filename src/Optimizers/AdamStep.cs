using System.Runtime.CompilerServices;
using Tapestry.Tensors;

namespace Tapestry.Optimizers;

/// <summary>The step that Adam and AdamW take; see <see cref="Adam"/>.</summary>
internal static class AdamStep
{
    /// <summary>Takes it.</summary>
    public static void Run<T>(double rate, double beta1, double beta2, double epsilon, long step, bool amsGrad, Span<T> weights, ReadOnlySpan<T> gradient, Slots<T> slots)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        double corrected = rate * Math.Sqrt(1 - Math.Pow(beta2, step)) / (1 - Math.Pow(beta1, step));
        (T negativeRate, T keepM, T addM) = (T.CreateTruncating(-corrected), T.CreateTruncating(beta1), T.CreateTruncating(1 - beta1));
        (T keepV, T addV, T beside) = (T.CreateTruncating(beta2), T.CreateTruncating(1 - beta2), T.CreateTruncating(epsilon));
        if (amsGrad) UpdateLoop.Run(new Largest<T>(negativeRate, keepM, addM, keepV, addV, beside), weights, gradient, slots[0], slots[1], slots[2]);
        else UpdateLoop.Run(new Rule<T>(negativeRate, keepM, addM, keepV, addV, beside), weights, gradient, slots[0], slots[1]);
    }

    private readonly struct Rule<T>(T negativeRate, T keepM, T addM, T keepV, T addV, T beside) : IUpdateRule<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<TLanes, TVector>(ref TVector weights, TVector gradient, ref TVector m, ref TVector v, ref TVector third)
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
        {
            m = TLanes.MultiplyAdd(gradient, TLanes.Broadcast(addM), TLanes.Multiply(m, TLanes.Broadcast(keepM)));
            v = TLanes.MultiplyAdd(TLanes.Multiply(gradient, gradient), TLanes.Broadcast(addV), TLanes.Multiply(v, TLanes.Broadcast(keepV)));
            TVector step = TLanes.Divide(m, TLanes.Add(TLanes.Sqrt(v), TLanes.Broadcast(beside)));
            weights = TLanes.MultiplyAdd(step, TLanes.Broadcast(negativeRate), weights);
        }
    }

    private readonly struct Largest<T>(T negativeRate, T keepM, T addM, T keepV, T addV, T beside) : IUpdateRule<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<TLanes, TVector>(ref TVector weights, TVector gradient, ref TVector m, ref TVector v, ref TVector vHat)
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
        {
            m = TLanes.MultiplyAdd(gradient, TLanes.Broadcast(addM), TLanes.Multiply(m, TLanes.Broadcast(keepM)));
            v = TLanes.MultiplyAdd(TLanes.Multiply(gradient, gradient), TLanes.Broadcast(addV), TLanes.Multiply(v, TLanes.Broadcast(keepV)));
            vHat = TLanes.Max(vHat, v);
            TVector step = TLanes.Divide(m, TLanes.Add(TLanes.Sqrt(vHat), TLanes.Broadcast(beside)));
            weights = TLanes.MultiplyAdd(step, TLanes.Broadcast(negativeRate), weights);
        }
    }
}
