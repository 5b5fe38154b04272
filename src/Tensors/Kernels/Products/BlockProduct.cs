using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tapestry.Tensors;

/// <summary>
/// The products of a block, by one thread: C (+)= A·B, from where the operands lie and by tiles of some rows and up to three registers. The width of a register is a type parameter.
/// </summary>
internal static class BlockProduct<TLanes, TVector, T>
    where TLanes : struct, ILanes<TVector, T>
    where TVector : struct
    where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
{
    /// <summary>The columns of the widest tile.</summary>
    public static int WidestTile => 3 * TLanes.Count;

    /// <summary>
    /// C (+)= A·B with B's rows contiguous. Columns outside, rows inside: a strip of B stays in the cache while A passes by. A last register that B fills only in part reads on
    /// behind the row, for which every buffer has room.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(Operand<T> a, Operand<T> b, Operand<T> c, int m, int n, int k, bool accumulate)
    {
        for (int column = 0; column < n;)
        {
            int columns = NextColumns(n - column, out int registers);
            Strip(registers, a, b.From(0, column), c.From(0, column), m, columns, k, accumulate);
            column += columns;
        }
    }

    /// <summary>
    /// C (+)= A·Bᵀ as the transpose of B·Aᵀ: B streams by row for row, as it lies; the few rows of A are packed as columns, and the tiles turned round when they are done.
    /// For a small A that is far cheaper than to turn B.
    /// </summary>
    /// <param name="a">[m, k], rows contiguous.</param>
    /// <param name="b">[n, k], rows contiguous.</param>
    /// <param name="c">[m, n], rows contiguous.</param>
    /// <param name="m">The rows of a.</param>
    /// <param name="n">The rows of b.</param>
    /// <param name="k">The columns of both.</param>
    /// <param name="middle">Where a second sum begins, which is added to the first when it is complete; k for a single sum.</param>
    /// <param name="accumulate">Whether the product is added to c, or replaces it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyTransposed(Operand<T> a, Operand<T> b, Operand<T> c, int m, int n, int k, int middle, bool accumulate)
    {
        // Enough rows of B for one turning round to be a whole number of blocks.
        const int Rows = 48;
        using Scratch<T> packed = new(k * WidestTile), turned = new(Rows * WidestTile);
        for (int row = 0; row < m;)
        {
            int rows = NextColumns(m - row, out int registers);
            int width = registers * TLanes.Count;
            if (rows < width) packed.Span[..(k * width)].Clear();
            Transposition.Copy(ref a.At(row, 0), a.RowStride, ref packed.Origin, width, rows, k);
            Operand<T> columnsOfA = new(ref packed.Origin, width, 1), tile = new(ref turned.Origin, width, 1);
            for (int column = 0; column < n; column += Rows)
            {
                int columns = Math.Min(Rows, n - column);
                Strip(registers, b.From(column, 0), columnsOfA, tile, columns, width, middle, accumulate: false);
                if (middle < k) Strip(registers, b.From(column, middle), columnsOfA.From(middle, 0), tile, columns, width, k - middle, accumulate: true);
                if (accumulate) AddTransposed(ref turned.Origin, width, ref c.At(row, column), c.RowStride, columns, rows);
                else Transposition.Copy(ref turned.Origin, width, ref c.At(row, column), c.RowStride, columns, rows);
            }

            row += rows;
        }
    }

    /// <summary>
    /// C (+)= A·B for operands that the caches do not hold: a panel of B is copied together once for all rows of A, and some rows of A for all columns of the panel.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyPacked(Operand<T> a, Operand<T> b, Operand<T> c, int m, int n, int k, bool accumulate)
    {
        // The panel is to stay in the second-level cache beside what passes by.
        const int PanelBytes = 384 << 10, TilesTogether = 12;
        int panelColumns = Math.Max(1, PanelBytes / Unsafe.SizeOf<T>() / k / WidestTile) * WidestTile, tileRows = TLanes.TileRows;
        using Scratch<T> panel = new(k * (Math.Min(panelColumns, n) + WidestTile)), rowsOfA = new(k * tileRows * TilesTogether);
        for (int first = 0; first < n; first += panelColumns)
        {
            int columns = Math.Min(panelColumns, n - first);
            Pack(b.From(0, first), panel.Span, columns, k);
            for (int row = 0; row < m; row += tileRows * TilesTogether)
            {
                int rows = Math.Min(tileRows * TilesTogether, m - row);
                for (int i = 0; i < rows; i += tileRows) PackRows(a.From(row + i, 0), ref Unsafe.Add(ref rowsOfA.Origin, i * k), Math.Min(tileRows, rows - i), k);
                int offset = 0;
                for (int column = 0; column < columns;)
                {
                    int next = NextColumns(columns - column, out int registers);
                    int width = registers * TLanes.Count;
                    Operand<T> right = new(ref Unsafe.Add(ref panel.Origin, offset), width, 1);
                    for (int i = 0; i < rows; i += tileRows)
                    {
                        Operand<T> left = new(ref Unsafe.Add(ref rowsOfA.Origin, i * k), 1, tileRows);
                        Strip(registers, left, right, c.From(row + i, first + column), Math.Min(tileRows, rows - i), next, k, accumulate);
                    }

                    offset += k * width;
                    column += next;
                }
            }
        }
    }

    /// <summary>How many columns the next strip takes, and in how many registers: three, but never three and then one.</summary>
    private static int NextColumns(int left, out int registers)
    {
        int all = (left + TLanes.Count - 1) / TLanes.Count;
        registers = all == 4 ? 2 : Math.Min(all, 3);
        return Math.Min(left, registers * TLanes.Count);
    }

    private static void Strip(int registers, Operand<T> a, Operand<T> b, Operand<T> c, int m, int columns, int k, bool accumulate)
    {
        switch (registers)
        {
            case 3: Strip<Strip3<TLanes, TVector, T>>(a, b, c, m, columns, k, accumulate); break;
            case 2: Strip<Strip2<TLanes, TVector, T>>(a, b, c, m, columns, k, accumulate); break;
            default: Strip<Strip1<TLanes, TVector, T>>(a, b, c, m, columns, k, accumulate); break;
        }
    }

    /// <summary>All rows times one strip of B.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Strip<TStrip>(Operand<T> a, Operand<T> b, Operand<T> c, int m, int columns, int k, bool accumulate)
        where TStrip : struct, IStrip<TStrip, T>
    {
        // What fills a register only in part is computed beside the result, and the part that counts taken over.
        bool isPart = columns < TStrip.Width;
        Span<T> beside = stackalloc T[isPart ? 8 * TStrip.Width : 1];
        ref T edge = ref MemoryMarshal.GetReference(beside);
        for (int row = 0; row < m;)
        {
            int rows = m - row >= TLanes.TileRows ? TLanes.TileRows : m - row >= 4 ? 4 : 1;
            ref T target = ref isPart ? ref edge : ref c.At(row, 0);
            nint stride = isPart ? TStrip.Width : c.RowStride;
            bool add = accumulate && !isPart;
            if (rows == 8) Tile.Rows8<TStrip, T>(ref a.At(row, 0), a.RowStride, a.ColumnStride, ref b.At(0, 0), b.RowStride, k, ref target, stride, add);
            else if (rows == 4) Tile.Rows4<TStrip, T>(ref a.At(row, 0), a.RowStride, a.ColumnStride, ref b.At(0, 0), b.RowStride, k, ref target, stride, add);
            else Tile.Rows1<TStrip, T>(ref a.At(row, 0), a.ColumnStride, ref b.At(0, 0), b.RowStride, k, ref target, add);
            if (isPart)
            {
                for (int i = 0; i < rows; i++) TakeOver(ref Unsafe.Add(ref edge, i * TStrip.Width), ref c.At(row + i, 0), columns, accumulate);
            }

            row += rows;
        }
    }

    private static void TakeOver(ref T from, ref T to, int count, bool accumulate)
    {
        int j = 0;
        for (; j <= count - TLanes.Count; j += TLanes.Count)
        {
            TVector value = TLanes.Load(ref Unsafe.Add(ref from, j));
            ref T target = ref Unsafe.Add(ref to, j);
            TLanes.Store(accumulate ? TLanes.Add(TLanes.Load(ref target), value) : value, ref target);
        }

        if (j == count) return;
        TVector last = TLanes.Load(ref Unsafe.Add(ref from, j));
        ref T end = ref Unsafe.Add(ref to, j);
        TLanes.StorePart(accumulate ? TLanes.Add(TLanes.Load(ref end), last) : last, ref end, count - j);
    }

    private static void AddTransposed(ref T source, nint sourceStride, ref T target, nint targetStride, int rows, int columns)
    {
        for (int j = 0; j < columns; j++)
        {
            ref T line = ref Unsafe.Add(ref target, j * targetStride);
            for (int i = 0; i < rows; i++) Unsafe.Add(ref line, i) = Unsafe.Add(ref line, i) + Unsafe.Add(ref source, (i * sourceStride) + j);
        }
    }

    /// <summary>Copies columns of B together, strip by strip as <see cref="NextColumns"/> cuts them; what a last register does not fill is zero.</summary>
    private static void Pack(Operand<T> b, Span<T> panel, int columns, int k)
    {
        ref T target = ref MemoryMarshal.GetReference(panel);
        for (int column = 0; column < columns;)
        {
            int next = NextColumns(columns - column, out int registers);
            int width = registers * TLanes.Count;
            if (next < width) MemoryMarshal.CreateSpan(ref target, k * width).Clear();
            if (b.ColumnStride == 1)
            {
                for (int p = 0; p < k; p++) CopyRow(ref b.At(p, column), ref Unsafe.Add(ref target, p * width), next);
            }
            else
            {
                Transposition.Copy(ref b.At(0, column), b.ColumnStride, ref target, width, next, k);
            }

            target = ref Unsafe.Add(ref target, k * width);
            column += next;
        }
    }

    /// <summary>Copies the rows of a tile together, step by step of k.</summary>
    private static void PackRows(Operand<T> a, ref T target, int rows, int k)
    {
        if (a.ColumnStride == 1)
        {
            Transposition.Copy(ref a.At(0, 0), a.RowStride, ref target, TLanes.TileRows, rows, k);
            return;
        }

        for (int p = 0; p < k; p++) CopyRow(ref a.At(0, p), ref Unsafe.Add(ref target, p * TLanes.TileRows), rows);
    }

    private static void CopyRow(ref T from, ref T to, int count) =>
        MemoryMarshal.CreateReadOnlySpan(ref from, count).CopyTo(MemoryMarshal.CreateSpan(ref to, count));
}
