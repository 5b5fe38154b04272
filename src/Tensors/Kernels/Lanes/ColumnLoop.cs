using System.Numerics;

namespace Tapestry.Tensors;

/// <summary>What is done with neighbouring columns.</summary>
internal interface IColumnsBody<T>
    where T : unmanaged
{
    /// <summary>Does it for some columns.</summary>
    /// <param name="column">The first.</param>
    /// <param name="count">How many of the registers' columns count.</param>
    void Run<TColumns>(int column, int count)
        where TColumns : struct, IColumns<TColumns, T>;
}

/// <summary>Walks over the columns of a part: four registers at a time, and then one by one.</summary>
internal static class ColumnLoop
{
    public static void Run<T, TBody>(TBody body, int columns, int parts, int part)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TBody : struct, IColumnsBody<T> =>
        Width.Run<T, Loop<T, TBody>>(new Loop<T, TBody>(body, Partition.Start(columns, parts, part), Partition.Start(columns, parts, part + 1)));

    private readonly struct Loop<T, TBody>(TBody body, int first, int last) : IWidthBody<T>
        where T : unmanaged
        where TBody : struct, IColumnsBody<T>
    {
        public void Run<TLanes, TVector>()
            where TLanes : struct, ILanes<TVector, T>
            where TVector : struct
        {
            int column = first;
            for (; column <= last - FourColumns<TLanes, TVector, T>.Width; column += FourColumns<TLanes, TVector, T>.Width)
            {
                body.Run<FourColumns<TLanes, TVector, T>>(column, FourColumns<TLanes, TVector, T>.Width);
            }

            for (; column < last; column += TLanes.Count) body.Run<Column<TLanes, TVector, T>>(column, Math.Min(TLanes.Count, last - column));
        }
    }
}
