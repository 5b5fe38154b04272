using Tapestry.Tensors;

namespace Tapestry.Optimizers.Tests;

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
}
