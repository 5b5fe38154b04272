using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>The formula that <see cref="PerImageStandardization"/> and <see cref="PerBatchStandardization"/> have in common.</summary>
internal static class Standardization
{
    /// <summary>(x - μ)/max(σ, 1/√n), each of some rows of n elements by itself; the shape stays.</summary>
    /// <param name="x">Elements that make so many rows.</param>
    /// <param name="rows">How many there are.</param>
    public static Variable Of(Variable x, int rows)
    {
        if (x.Shape.ElementCount == 0) return x;
        int count = x.Shape.ElementCount / rows;
        Variable flat = x.Reshape(rows, count);
        Variable centered = flat - Op.Mean(flat, 1, keepDimensions: true);

        // The bound is put on the variance: the root of 0 has no derivative.
        Variable variance = Op.Maximum(Op.Mean(Op.Square(centered), 1, keepDimensions: true), Tensor.Scalar(1.0 / count, x.DType));
        return Op.Reshape(centered / Op.Sqrt(variance), x.Shape);
    }
}
