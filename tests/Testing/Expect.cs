using Tapestry.Tensors;
using Xunit;

namespace Tapestry.Testing;

/// <summary>Comparisons of tensors: the one table of how near is near.</summary>
public static class Expect
{
    /// <summary>What a number printed with nine decimals may be off by.</summary>
    public const double Printed = 5.01e-10;

    /// <summary>Within an absolute distance, element by element.</summary>
    public static void Near(ReadOnlySpan<double> expected, Tensor actual, double tolerance = Printed)
    {
        double[] values = actual.ToDoubles();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - values[i]) <= tolerance, $"element {i}: expected {expected[i]:R}, got {values[i]:R}, which is further than {tolerance:R}");
        }
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

    /// <summary>The same type, shape and bits.</summary>
    public static void SameBits(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.DType, actual.DType);
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.AsBytes().ToArray(), actual.AsBytes().ToArray());
    }
}
