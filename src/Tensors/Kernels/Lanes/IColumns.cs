using System.Runtime.CompilerServices;

namespace Tapestry.Tensors;

/// <summary>Some registers of neighbouring columns, for kernels that walk down rows: several, so that one sum does not wait for another.</summary>
internal interface IColumns<TSelf, T>
    where TSelf : struct
    where T : unmanaged
{
    /// <summary>The number of columns.</summary>
    static abstract int Width { get; }

    static abstract TSelf Load(ref T source);

    static abstract TSelf Broadcast(T value);

    /// <summary>Writes the first columns.</summary>
    static abstract void Store(TSelf value, ref T target, int count);

    static abstract TSelf Add(TSelf x, TSelf y);

    static abstract TSelf Subtract(TSelf x, TSelf y);

    static abstract TSelf Multiply(TSelf x, TSelf y);

    static abstract TSelf Divide(TSelf x, TSelf y);

    static abstract TSelf Sqrt(TSelf x);
}

/// <summary>One register, of which a last one may count only in part.</summary>
internal struct Column<TLanes, TVector, T> : IColumns<Column<TLanes, TVector, T>, T>
    where TLanes : struct, ILanes<TVector, T>
    where TVector : struct
    where T : unmanaged
{
    private TVector only;

    public static int Width => TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Column<TLanes, TVector, T> Load(ref T source) => Of(TLanes.Load(ref source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Column<TLanes, TVector, T> Broadcast(T value) => Of(TLanes.Broadcast(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Column<TLanes, TVector, T> value, ref T target, int count) => Store(value.only, ref target, count);

    /// <summary>Writes the first elements of a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector value, ref T target, int count)
    {
        if (count == TLanes.Count) TLanes.Store(value, ref target);
        else TLanes.StorePart(value, ref target, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Column<TLanes, TVector, T> Add(Column<TLanes, TVector, T> x, Column<TLanes, TVector, T> y) => Of(TLanes.Add(x.only, y.only));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Column<TLanes, TVector, T> Subtract(Column<TLanes, TVector, T> x, Column<TLanes, TVector, T> y) => Of(TLanes.Subtract(x.only, y.only));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Column<TLanes, TVector, T> Multiply(Column<TLanes, TVector, T> x, Column<TLanes, TVector, T> y) => Of(TLanes.Multiply(x.only, y.only));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Column<TLanes, TVector, T> Divide(Column<TLanes, TVector, T> x, Column<TLanes, TVector, T> y) => Of(TLanes.Divide(x.only, y.only));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Column<TLanes, TVector, T> Sqrt(Column<TLanes, TVector, T> x) => Of(TLanes.Sqrt(x.only));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Column<TLanes, TVector, T> Of(TVector value)
    {
        Column<TLanes, TVector, T> column;
        column.only = value;
        return column;
    }
}

/// <summary>Four registers, all of whose columns count.</summary>
internal struct FourColumns<TLanes, TVector, T> : IColumns<FourColumns<TLanes, TVector, T>, T>
    where TLanes : struct, ILanes<TVector, T>
    where TVector : struct
    where T : unmanaged
{
    private TVector first;
    private TVector second;
    private TVector third;
    private TVector fourth;

    public static int Width => 4 * TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourColumns<TLanes, TVector, T> Load(ref T source) => Of(
        TLanes.Load(ref source), TLanes.Load(ref Unsafe.Add(ref source, TLanes.Count)), TLanes.Load(ref Unsafe.Add(ref source, 2 * TLanes.Count)), TLanes.Load(ref Unsafe.Add(ref source, 3 * TLanes.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourColumns<TLanes, TVector, T> Broadcast(T value)
    {
        TVector all = TLanes.Broadcast(value);
        return Of(all, all, all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(FourColumns<TLanes, TVector, T> value, ref T target, int count)
    {
        TLanes.Store(value.first, ref target);
        TLanes.Store(value.second, ref Unsafe.Add(ref target, TLanes.Count));
        TLanes.Store(value.third, ref Unsafe.Add(ref target, 2 * TLanes.Count));
        TLanes.Store(value.fourth, ref Unsafe.Add(ref target, 3 * TLanes.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourColumns<TLanes, TVector, T> Add(FourColumns<TLanes, TVector, T> x, FourColumns<TLanes, TVector, T> y) =>
        Of(TLanes.Add(x.first, y.first), TLanes.Add(x.second, y.second), TLanes.Add(x.third, y.third), TLanes.Add(x.fourth, y.fourth));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourColumns<TLanes, TVector, T> Subtract(FourColumns<TLanes, TVector, T> x, FourColumns<TLanes, TVector, T> y) =>
        Of(TLanes.Subtract(x.first, y.first), TLanes.Subtract(x.second, y.second), TLanes.Subtract(x.third, y.third), TLanes.Subtract(x.fourth, y.fourth));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourColumns<TLanes, TVector, T> Multiply(FourColumns<TLanes, TVector, T> x, FourColumns<TLanes, TVector, T> y) =>
        Of(TLanes.Multiply(x.first, y.first), TLanes.Multiply(x.second, y.second), TLanes.Multiply(x.third, y.third), TLanes.Multiply(x.fourth, y.fourth));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourColumns<TLanes, TVector, T> Divide(FourColumns<TLanes, TVector, T> x, FourColumns<TLanes, TVector, T> y) =>
        Of(TLanes.Divide(x.first, y.first), TLanes.Divide(x.second, y.second), TLanes.Divide(x.third, y.third), TLanes.Divide(x.fourth, y.fourth));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourColumns<TLanes, TVector, T> Sqrt(FourColumns<TLanes, TVector, T> x) => Of(TLanes.Sqrt(x.first), TLanes.Sqrt(x.second), TLanes.Sqrt(x.third), TLanes.Sqrt(x.fourth));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FourColumns<TLanes, TVector, T> Of(TVector first, TVector second, TVector third, TVector fourth)
    {
        FourColumns<TLanes, TVector, T> columns;
        (columns.first, columns.second, columns.third, columns.fourth) = (first, second, third, fourth);
        return columns;
    }
}
