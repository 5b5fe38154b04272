using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Data;

/// <summary>Picks rows of the first axis by number.</summary>
internal static class RowGather
{
    /// <exception cref="ArgumentOutOfRangeException">A row lies outside 0 to <paramref name="count"/> - 1.</exception>
    public static void Check(ReadOnlySpan<int> rows, int count, string parameter)
    {
        foreach (int row in rows)
        {
            if ((uint)row < (uint)count) continue;
            throw new ArgumentOutOfRangeException(parameter, string.Create(
                CultureInfo.InvariantCulture, $"DataSet: expected rows from 0 to {count - 1}, got {row}. Was the order made for another data set?"));
        }
    }

    /// <summary>A new tensor of the same type that holds the rows in the order given.</summary>
    public static Tensor Copy(Tensor source, ReadOnlySpan<int> rows)
    {
        Tensor result = Tensor.Zeros(source.Shape.With(0, rows.Length), source.DType);
        int rowBytes = source.Shape.WithoutFirst().ElementCount * source.DType.Size();
        ReadOnlySpan<byte> from = source.AsBytes();
        Span<byte> to = result.AsBytes();
        for (int i = 0; i < rows.Length; i++) from.Slice(rows[i] * rowBytes, rowBytes).CopyTo(to[(i * rowBytes)..]);
        return result;
    }
}
