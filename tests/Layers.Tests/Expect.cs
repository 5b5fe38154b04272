using Tapestry.Tensors;

namespace Tapestry.Layers.Tests;

/// <summary>Comparisons of tensors.</summary>
internal static class Expect
{
    /// <summary>What a number printed with nine decimals may be off by.</summary>
    public const double Printed = 5.01e-10;

    public static void Near(ReadOnlySpan<double> expected, Tensor actual, double tolerance = Printed)
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
