using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tapestry.Tensors;

namespace Tapestry.Optimizers;

/// <summary>What a rule makes of registers of weights, their derivatives, and up to three numbers remembered for each.</summary>
internal interface IUpdateRule<T>
    where T : unmanaged
{
    void Update<TLanes, TVector>(ref TVector weights, TVector gradient, ref TVector first, ref TVector second, ref TVector third)
        where TLanes : struct, ILanes<TVector, T>
        where TVector : struct;
}

/// <summary>One pass over a parameter: every element is read once and written once.</summary>
internal static class UpdateLoop
{
    /// <summary>Runs a rule. What a rule does not remember is an empty span.</summary>
    public static void Run<T, TRule>(TRule rule, Span<T> weights, ReadOnlySpan<T> gradient, Span<T> first = default, Span<T> second = default, Span<T> third = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : struct, IUpdateRule<T> => Width.Run<T, Loop<T, TRule>>(new Loop<T, TRule>(rule, weights, gradient, first, second, third));

    private readonly ref struct Loop<T, TRule>(TRule rule, Span<T> weights, ReadOnlySpan<T> gradient, Span<T> first, Span<T> second, Span<T> third) : IWidthBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : struct, IUpdateRule<T>
    {
        private readonly Span<T> weights = weights;
        private readonly ReadOnlySpan<T> gradient = gradient;
        private readonly Span<T> first = first;
        private readonly Span<T> second = second;
        private readonly Span<T> third = third;

        public void Run<TLanes, TVector>()
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct => Pass<TLanes, TVector>(
                ref MemoryMarshal.GetReference(weights), ref MemoryMarshal.GetReference(gradient),
                ref MemoryMarshal.GetReference(first), ref MemoryMarshal.GetReference(second), ref MemoryMarshal.GetReference(third));

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Pass<TLanes, TVector>(ref T w, ref T g, ref T a, ref T b, ref T c)
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
        {
            (bool hasFirst, bool hasSecond, bool hasThird, int length) = (!first.IsEmpty, !second.IsEmpty, !third.IsEmpty, weights.Length);
            TRule step = rule;
            for (int i = 0; i < length; i += TLanes.Count)
            {
                // The last register may read on behind the tensors, for which every buffer has room; it writes what counts.
                TVector weight = TLanes.Load(ref Unsafe.Add(ref w, i));
                TVector one = hasFirst ? TLanes.Load(ref Unsafe.Add(ref a, i)) : default;
                TVector two = hasSecond ? TLanes.Load(ref Unsafe.Add(ref b, i)) : default;
                TVector three = hasThird ? TLanes.Load(ref Unsafe.Add(ref c, i)) : default;
                step.Update<TLanes, TVector>(ref weight, TLanes.Load(ref Unsafe.Add(ref g, i)), ref one, ref two, ref three);
                int count = Math.Min(TLanes.Count, length - i);
                Column<TLanes, TVector, T>.Store(weight, ref Unsafe.Add(ref w, i), count);
                if (hasFirst) Column<TLanes, TVector, T>.Store(one, ref Unsafe.Add(ref a, i), count);
                if (hasSecond) Column<TLanes, TVector, T>.Store(two, ref Unsafe.Add(ref b, i), count);
                if (hasThird) Column<TLanes, TVector, T>.Store(three, ref Unsafe.Add(ref c, i), count);
            }
        }
    }
}
