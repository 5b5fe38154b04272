using System.Runtime.CompilerServices;

namespace Tapestry.Tensors;

/// <summary>A row of registers side by side: what a tile holds of one row of the result, and what it reads of one row of the right-hand operand.</summary>
internal interface IStrip<TSelf, T>
    where TSelf : struct
    where T : unmanaged
{
    /// <summary>The number of elements.</summary>
    static abstract int Width { get; }

    static abstract TSelf Load(ref T source);

    /// <summary>sum += a·b</summary>
    static abstract void MultiplyAdd(ref TSelf sum, T a, in TSelf b);

    /// <summary>Writes the sums, or adds them to what stands there.</summary>
    static abstract void Store(in TSelf sum, ref T target, bool accumulate);
}

/// <summary>Three registers.</summary>
internal struct Strip3<TLanes, TVector, T> : IStrip<Strip3<TLanes, TVector, T>, T>
    where TLanes : struct, ILanes<TVector, T>
    where TVector : struct
    where T : unmanaged
{
    private TVector first;
    private TVector second;
    private TVector third;

    public static int Width => 3 * TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Strip3<TLanes, TVector, T> Load(ref T source)
    {
        Strip3<TLanes, TVector, T> strip;
        strip.first = TLanes.Load(ref source);
        strip.second = TLanes.Load(ref Unsafe.Add(ref source, TLanes.Count));
        strip.third = TLanes.Load(ref Unsafe.Add(ref source, 2 * TLanes.Count));
        return strip;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAdd(ref Strip3<TLanes, TVector, T> sum, T a, in Strip3<TLanes, TVector, T> b)
    {
        TVector factor = TLanes.Broadcast(a);
        sum.first = TLanes.MultiplyAdd(factor, b.first, sum.first);
        sum.second = TLanes.MultiplyAdd(factor, b.second, sum.second);
        sum.third = TLanes.MultiplyAdd(factor, b.third, sum.third);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(in Strip3<TLanes, TVector, T> sum, ref T target, bool accumulate)
    {
        Strips.Store<TLanes, TVector, T>(sum.first, ref target, accumulate);
        Strips.Store<TLanes, TVector, T>(sum.second, ref Unsafe.Add(ref target, TLanes.Count), accumulate);
        Strips.Store<TLanes, TVector, T>(sum.third, ref Unsafe.Add(ref target, 2 * TLanes.Count), accumulate);
    }
}

/// <summary>Two registers.</summary>
internal struct Strip2<TLanes, TVector, T> : IStrip<Strip2<TLanes, TVector, T>, T>
    where TLanes : struct, ILanes<TVector, T>
    where TVector : struct
    where T : unmanaged
{
    private TVector first;
    private TVector second;

    public static int Width => 2 * TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Strip2<TLanes, TVector, T> Load(ref T source)
    {
        Strip2<TLanes, TVector, T> strip;
        strip.first = TLanes.Load(ref source);
        strip.second = TLanes.Load(ref Unsafe.Add(ref source, TLanes.Count));
        return strip;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAdd(ref Strip2<TLanes, TVector, T> sum, T a, in Strip2<TLanes, TVector, T> b)
    {
        TVector factor = TLanes.Broadcast(a);
        sum.first = TLanes.MultiplyAdd(factor, b.first, sum.first);
        sum.second = TLanes.MultiplyAdd(factor, b.second, sum.second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(in Strip2<TLanes, TVector, T> sum, ref T target, bool accumulate)
    {
        Strips.Store<TLanes, TVector, T>(sum.first, ref target, accumulate);
        Strips.Store<TLanes, TVector, T>(sum.second, ref Unsafe.Add(ref target, TLanes.Count), accumulate);
    }
}

/// <summary>One register.</summary>
internal struct Strip1<TLanes, TVector, T> : IStrip<Strip1<TLanes, TVector, T>, T>
    where TLanes : struct, ILanes<TVector, T>
    where TVector : struct
    where T : unmanaged
{
    private TVector only;

    public static int Width => TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Strip1<TLanes, TVector, T> Load(ref T source)
    {
        Strip1<TLanes, TVector, T> strip;
        strip.only = TLanes.Load(ref source);
        return strip;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAdd(ref Strip1<TLanes, TVector, T> sum, T a, in Strip1<TLanes, TVector, T> b) =>
        sum.only = TLanes.MultiplyAdd(TLanes.Broadcast(a), b.only, sum.only);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(in Strip1<TLanes, TVector, T> sum, ref T target, bool accumulate) => Strips.Store<TLanes, TVector, T>(sum.only, ref target, accumulate);
}

/// <summary>What the strips share.</summary>
internal static class Strips
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLanes, TVector, T>(TVector sum, ref T target, bool accumulate)
        where TLanes : struct, ILanes<TVector, T>
        where TVector : struct
        where T : unmanaged => TLanes.Store(accumulate ? TLanes.Add(TLanes.Load(ref target), sum) : sum, ref target);
}
