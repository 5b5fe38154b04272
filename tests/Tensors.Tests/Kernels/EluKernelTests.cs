namespace Tapestry.Tensors.Tests.Kernels;

/// <summary>ELU of α = 1, which has a shorter way than that of another α, gives what its definition gives to the last bit.</summary>
public class EluKernelTests
{
    // A prime number of bit patterns apart, so that all exponents and both signs come up, and the bounds of the ways through it.
    [Fact]
    public void Single_precision_is_the_definition_to_the_last_bit()
    {
        List<float> values = [0, -0f, float.Epsilon, -float.Epsilon, -1e-10f, -0.99e-10f, -1.01e-10f, -25, -24.9f, -25.1f, -88, -104, 89, float.NegativeInfinity, float.PositiveInfinity, float.NaN];
        for (long bits = 0; bits <= uint.MaxValue; bits += 65_537) values.Add(BitConverter.UInt32BitsToSingle((uint)bits));
        float[] x = [.. values], elu = new float[x.Length], expm1 = new float[x.Length];

        new EluKernel(1).Invoke(x, elu.AsSpan());
        default(Expm1Kernel).Invoke(x, expm1.AsSpan());

        for (int i = 0; i < x.Length; i++) Assert.Equal(BitConverter.SingleToUInt32Bits(x[i] > 0 ? x[i] : expm1[i]) | Quiet(x[i]), BitConverter.SingleToUInt32Bits(elu[i]) | Quiet(x[i]));
    }

    [Fact]
    public void Double_precision_is_the_definition_to_the_last_bit()
    {
        List<double> values = [0, -0.0, double.Epsilon, -double.Epsilon, -1e-20, -0.99e-20, -1.01e-20, -54, -53.9, -54.1, -745, 710, double.NegativeInfinity, double.PositiveInfinity];
        Rng rng = new(5);
        for (int i = 0; i < 100_000; i++) values.Add((rng.NextDouble() - 0.9) * Math.Pow(2, rng.Next(70) - 60));
        double[] x = [.. values], elu = new double[x.Length], expm1 = new double[x.Length];

        new EluKernel(1).Invoke(x, elu.AsSpan());
        default(Expm1Kernel).Invoke(x, expm1.AsSpan());

        for (int i = 0; i < x.Length; i++) Assert.Equal(BitConverter.DoubleToInt64Bits(x[i] > 0 ? x[i] : expm1[i]), BitConverter.DoubleToInt64Bits(elu[i]));
    }

    /// <summary>What a NaN carries is nobody's business.</summary>
    private static uint Quiet(float x) => float.IsNaN(x) ? 0x803F_FFFF : 0;
}
