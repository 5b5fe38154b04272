namespace Tapestry.Tensors;

/// <summary>What is done to a part of a product by the thread that made it, while the cache holds it.</summary>
internal interface IEpilogue
{
    /// <summary>Finishes rows and columns of the result, whose sums are complete.</summary>
    void Finish(Tensor result, int row, int rows, int column, int columns);
}

/// <summary>Leaves a product as it is.</summary>
internal readonly struct NoEpilogue : IEpilogue
{
    public void Finish(Tensor result, int row, int rows, int column, int columns)
    {
    }
}
