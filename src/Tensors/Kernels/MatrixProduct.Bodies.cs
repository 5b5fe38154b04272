using System.Numerics;
using System.Runtime.InteropServices;

namespace Tapestry.Tensors;

/// <content>What one of the threads does of a product.</content>
public static partial class MatrixProduct
{
    private readonly struct HalvesBody<T>(Sum<T> sum, Slab<T> first, Slab<T> second, int columnParts) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public void Run(int part)
        {
            (int half, int columnPart) = (part % 2, part / 2);
            int start = Partition.Start(sum.Columns, columnParts, columnPart), end = Partition.Start(sum.Columns, columnParts, columnPart + 1);
            sum.Half(half, half == 0 ? first : second, start, end - start);
        }
    }

    private readonly struct AddBody<T, TEpilogue>(Slab<T> c, Slab<T> second, int m, int n, int parts, TEpilogue epilogue) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue
    {
        public void Run(int part)
        {
            int first = Partition.Start(n, parts, part), last = Partition.Start(n, parts, part + 1);
            RowSums.Add(ref c.At(first), n, ref second.At(first), n, m, last - first);
            epilogue.Finish(c.Span[first..], n, 0, m, first, last - first);
        }
    }

    private readonly struct ColumnsBody<T, TEpilogue>(Sum<T> sum, Slab<T> c, int parts, TEpilogue epilogue) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue
    {
        public void Run(int part)
        {
            int first = Partition.Start(sum.Columns, parts, part), count = Partition.Start(sum.Columns, parts, part + 1) - first;
            Span<T> result = c.Span[first..];
            sum.Whole(new Operand<T>(ref c.At(first), sum.Columns, 1), 0, sum.Rows, first, count);
            epilogue.Finish(result, sum.Columns, 0, sum.Rows, first, count);
        }
    }

    /// <summary>Some rows at a time, which go into the result or, where someone takes them, are gone afterwards.</summary>
    private readonly struct RowsBody<T, TEpilogue>(Sum<T> sum, Slab<T> c, IRowSink? sink, int parts, TEpilogue epilogue) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue
    {
        public void Run(int part)
        {
            int first = Partition.RowStart(sum.Rows, parts, part), last = Partition.RowStart(sum.Rows, parts, part + 1), n = sum.Columns, step = Math.Min(sum.RowsTogether, last - first);
            using Scratch<T> passing = new(sink is null ? 0 : step * n);
            for (int row = first; row < last; row += step)
            {
                int rows = Math.Min(step, last - row);
                Span<T> done = sink is null ? c.Span.Slice(row * n, rows * n) : passing.Span[..(rows * n)];
                sum.Whole(new Operand<T>(ref MemoryMarshal.GetReference(done), n, 1), row, rows, 0, n);
                epilogue.Finish(done, n, row, rows, 0, n);
                sink?.Take<T>(row, done);
            }
        }
    }
}
