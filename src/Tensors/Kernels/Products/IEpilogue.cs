using System.Numerics;

namespace Tapestry.Tensors;

/// <summary>What is done to a part of a product by the thread that made it, while the cache holds it.</summary>
internal interface IEpilogue
{
    /// <summary>Finishes rows and columns of the result, whose sums are complete.</summary>
    /// <param name="part">From the first of these elements to the last one.</param>
    /// <param name="stride">From a row of the part to the next.</param>
    /// <param name="row">The first row that is complete.</param>
    /// <param name="rows">How many are.</param>
    /// <param name="column">The first column that is complete.</param>
    /// <param name="columns">How many are.</param>
    void Finish<T>(Span<T> part, int stride, int row, int rows, int column, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>Leaves a product as it is.</summary>
internal readonly struct NoEpilogue : IEpilogue
{
    public void Finish<T>(Span<T> part, int stride, int row, int rows, int column, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }
}
