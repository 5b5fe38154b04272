using System.Numerics;

namespace Tapestry.Tensors;

/// <summary>Takes a matrix over as threads make it: some rows at a time, each row once, in no order and from several threads at once.</summary>
internal interface IRowSink
{
    /// <summary>Takes rows over, which are gone afterwards.</summary>
    /// <param name="row">The first of them.</param>
    /// <param name="rows">Their elements, one row behind the other.</param>
    void Take<T>(int row, ReadOnlySpan<T> rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
