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
            where TVector : struct
        {
            if (first.IsEmpty) Pass<TLanes, TVector, No, No, No>();
            else if (second.IsEmpty && third.IsEmpty) Pass<TLanes, TVector, Yes, No, No>();
            else if (third.IsEmpty) Pass<TLanes, TVector, Yes, Yes, No>();
            else if (second.IsEmpty) Pass<TLanes, TVector, Yes, No, Yes>();
            else Pass<TLanes, TVector, Yes, Yes, Yes>();
        }

        private void Pass<TLanes, TVector, TFirst, TSecond, TThird>()
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
            where TFirst : struct, IAnswer
            where TSecond : struct, IAnswer
            where TThird : struct, IAnswer => Pass<TLanes, TVector, TFirst, TSecond, TThird>(
                ref MemoryMarshal.GetReference(weights), ref MemoryMarshal.GetReference(gradient),
                ref MemoryMarshal.GetReference(first), ref MemoryMarshal.GetReference(second), ref MemoryMarshal.GetReference(third));

        /// <summary>From the end: what the reverse pass wrote last is what the cache still holds. The last register may read on behind the tensors, for which every buffer has room.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Pass<TLanes, TVector, TFirst, TSecond, TThird>(ref T w, ref T g, ref T a, ref T b, ref T c)
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
            where TFirst : struct, IAnswer
            where TSecond : struct, IAnswer
            where TThird : struct, IAnswer
        {
            TRule step = rule;
            int i = weights.Length, rest = i % TLanes.Count;
            if (rest > 0)
            {
                i -= rest;
                (TVector weight, TVector one, TVector two, TVector three) = (TLanes.Load(ref Unsafe.Add(ref w, i)), default, default, default);
                if (TFirst.IsYes) one = TLanes.Load(ref Unsafe.Add(ref a, i));
                if (TSecond.IsYes) two = TLanes.Load(ref Unsafe.Add(ref b, i));
                if (TThird.IsYes) three = TLanes.Load(ref Unsafe.Add(ref c, i));
                step.Update<TLanes, TVector>(ref weight, TLanes.Load(ref Unsafe.Add(ref g, i)), ref one, ref two, ref three);
                Column<TLanes, TVector, T>.Store(weight, ref Unsafe.Add(ref w, i), rest);
                if (TFirst.IsYes) Column<TLanes, TVector, T>.Store(one, ref Unsafe.Add(ref a, i), rest);
                if (TSecond.IsYes) Column<TLanes, TVector, T>.Store(two, ref Unsafe.Add(ref b, i), rest);
                if (TThird.IsYes) Column<TLanes, TVector, T>.Store(three, ref Unsafe.Add(ref c, i), rest);
            }

            for (i -= TLanes.Count; i >= 0; i -= TLanes.Count)
            {
                (TVector weight, TVector one, TVector two, TVector three) = (TLanes.Load(ref Unsafe.Add(ref w, i)), default, default, default);
                if (TFirst.IsYes) one = TLanes.Load(ref Unsafe.Add(ref a, i));
                if (TSecond.IsYes) two = TLanes.Load(ref Unsafe.Add(ref b, i));
                if (TThird.IsYes) three = TLanes.Load(ref Unsafe.Add(ref c, i));
                step.Update<TLanes, TVector>(ref weight, TLanes.Load(ref Unsafe.Add(ref g, i)), ref one, ref two, ref three);
                TLanes.Store(weight, ref Unsafe.Add(ref w, i));
                if (TFirst.IsYes) TLanes.Store(one, ref Unsafe.Add(ref a, i));
                if (TSecond.IsYes) TLanes.Store(two, ref Unsafe.Add(ref b, i));
                if (TThird.IsYes) TLanes.Store(three, ref Unsafe.Add(ref c, i));
            }
        }
    }

    // What a rule remembers, as types: the compiler leaves out what it does not.
    private interface IAnswer
    {
        static abstract bool IsYes { get; }
    }

    private readonly struct Yes : IAnswer
    {
        public static bool IsYes => true;
    }

    private readonly struct No : IAnswer
    {
        public static bool IsYes => false;
    }
}
