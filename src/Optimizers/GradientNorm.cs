using System.Runtime.Intrinsics;
using Tapestry.Tensors;

namespace Tapestry.Optimizers;

/// <summary>
/// Sums of squares in F64, whatever the type: a norm that is clipped for being too large must not overflow. Summed in blocks whose bounds depend on the length alone, so that
/// every number of threads gives the same bits.
/// </summary>
internal sealed class GradientNorm
{
    private const int Block = 8192;

    private double[] sums = [];

    /// <summary>Σ g².</summary>
    public double SumOfSquares(Tensor gradient)
    {
        int blocks = (gradient.Length + Block - 1) / Block;
        if (sums.Length < blocks) sums = new double[blocks];
        Workers.Run(blocks, new BlockBody(gradient, sums));
        double sum = 0;
        for (int i = 0; i < blocks; i++) sum += sums[i];
        return sum;
    }

    private static double SumOfSquares(ReadOnlySpan<float> x)
    {
        Vector256<double> even = default, odd = default;
        int i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.Create(x.Slice(i, Vector256<float>.Count)));
            (even, odd) = ((low * low) + even, (high * high) + odd);
        }

        double sum = Vector256.Sum(even + odd);
        for (; i < x.Length; i++) sum += (double)x[i] * x[i];
        return sum;
    }

    private static double SumOfSquares(ReadOnlySpan<double> x)
    {
        Vector256<double> even = default, odd = default;
        int i = 0;
        for (; i <= x.Length - (2 * Vector256<double>.Count); i += 2 * Vector256<double>.Count)
        {
            Vector256<double> low = Vector256.Create(x.Slice(i, Vector256<double>.Count)), high = Vector256.Create(x.Slice(i + Vector256<double>.Count, Vector256<double>.Count));
            (even, odd) = ((low * low) + even, (high * high) + odd);
        }

        double sum = Vector256.Sum(even + odd);
        for (; i < x.Length; i++) sum += x[i] * x[i];
        return sum;
    }

    private readonly struct BlockBody(Tensor gradient, double[] sums) : IParallelBody
    {
        public void Run(int block)
        {
            int start = block * Block, length = Math.Min(Block, gradient.Length - start);
            sums[block] = gradient.DType == DType.F64 ? SumOfSquares(gradient.AsSpan<double>().Slice(start, length)) : SumOfSquares(gradient.AsSpan<float>().Slice(start, length));
        }
    }
}
