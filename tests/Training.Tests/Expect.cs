using Tapestry.Tensors;

namespace Tapestry.Training.Tests;

/// <summary>Comparisons of tensors.</summary>
internal static class Expect
{
    public static void Near(ReadOnlySpan<double> expected, Tensor actual, double tolerance)
    {
        double[] values = actual.ToDoubles();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - values[i]) <= tolerance, $"element {i}: expected {expected[i]:R}, got {values[i]:R}, which is further than {tolerance:R}");
        }
    }

    public static void SameBits(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.DType, actual.DType);
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.AsBytes().ToArray(), actual.AsBytes().ToArray());
    }

    /// <summary>Within a share of the largest magnitude among the expected numbers.</summary>
    public static void Close(Tensor expected, Tensor actual, double tolerance, string what)
    {
        Assert.True(expected.Shape == actual.Shape && expected.DType == actual.DType, $"{what}: expected {expected.DType}{expected.Shape}, got {actual.DType}{actual.Shape}");
        (double[] wanted, double[] given) = (expected.ToDoubles(), actual.ToDoubles());
        double bound = tolerance * wanted.Max(Math.Abs);
        for (int i = 0; i < wanted.Length; i++)
        {
            Assert.True(Math.Abs(wanted[i] - given[i]) <= bound, $"{what}[{i}]: expected {wanted[i]:R}, got {given[i]:R}, which is further than {bound:R}");
        }
    }
}
