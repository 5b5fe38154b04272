namespace Tapestry.Tensors.Tests;

public class Log1pKernelTests
{
    private const double UlpsF32 = 3;
    private const double UlpsF64 = 4;

    // x - x²/2 + x³/3: 1e-8 - 5e-17 + 3.3e-25, and -1e-7 - 5e-15 - 3.3e-22. log(1 + x) gives 0 and -1.19e-7 in F32.
    [Theory]
    [InlineData(1e-8, 9.9999999500000003333e-9)]
    [InlineData(-1e-7, -1.00000005000000333e-7)]
    public void Near_0_nothing_is_rounded_away(double x, double expected)
    {
        Assert.Equal(expected, F64(x), Math.Abs(expected) * 1e-15);
        Assert.Equal(expected, F32((float)x), Math.Abs(expected) * 2e-7);
    }

    [Fact]
    public void Zeros_of_either_sign_and_the_smallest_numbers_stay_themselves()
    {
        foreach (double x in new[] { 0.0, -0.0, double.Epsilon, -double.Epsilon, 1e-310, 1e-300, -1e-200, 1e-20, -1e-17 })
        {
            Assert.Equal(BitConverter.DoubleToInt64Bits(x), BitConverter.DoubleToInt64Bits(F64(x)));
        }

        foreach (float x in new[] { 0f, -0f, float.Epsilon, -float.Epsilon, 1e-40f, -1e-30f, 1e-9f })
        {
            Assert.Equal(BitConverter.SingleToInt32Bits(x), BitConverter.SingleToInt32Bits(F32(x)));
        }
    }

    [Fact]
    public void The_ends_of_the_domain()
    {
        Assert.Equal(double.NegativeInfinity, F64(-1));
        Assert.Equal(float.NegativeInfinity, F32(-1));
        Assert.Equal(double.NaN, F64(-1.5));
        Assert.Equal(double.NaN, F64(double.NegativeInfinity));
        Assert.Equal(double.NaN, F64(double.NaN));
        Assert.Equal(float.NaN, F32(float.NaN));
        Assert.Equal(double.PositiveInfinity, F64(double.PositiveInfinity));
        Assert.Equal(float.PositiveInfinity, F32(float.PositiveInfinity));
    }

    [Theory]
    [InlineData(1e10)]
    [InlineData(1e100)]
    [InlineData(double.MaxValue)]
    public void Large_numbers_are_their_logarithm(double x) => Assert.Equal(Math.Log(x), F64(x), Math.Log(x) * 4.5e-16 + 1 / x);

    [Fact]
    public void F64_is_within_4_units_in_the_last_place_throughout()
    {
        // Multiples of 2^-14 from -1/2 to 1; the same scaled down by 2^-10 and 2^-20; where 1 + x rounds.
        double[] x = [.. new[] { 0, -10, -20 }.SelectMany(scale => Enumerable.Range(-8192, 24577).Where(i => i != 0).Select(i => Math.ScaleB(i / 16384.0 * (1 + 1e-13), scale)))];
        double[] y = Elementwise.Map<Log1pKernel>(Tensor.From(x)).ToArray<double>();
        double worst = 0;

        for (int i = 0; i < x.Length; i++)
        {
            if (Math.Abs(x[i]) > 1e-8) worst = Math.Max(worst, Exact.UlpsFrom(Exact.Log1p(Exact.Of(x[i])), y[i]));
        }

        Assert.InRange(worst, 0.1, UlpsF64);
    }

    [Fact]
    public void F32_is_within_3_units_in_the_last_place_throughout()
    {
        // Every 5003rd float from -0.999 to 1e30, by their bits.
        float[] x =
        [
            .. Enumerable.Range(0, BitConverter.SingleToInt32Bits(1e30f) / 5003).Select(i => BitConverter.Int32BitsToSingle(i * 5003)),
            .. Enumerable.Range(0, BitConverter.SingleToInt32Bits(0.999f) / 5003).Select(i => -BitConverter.Int32BitsToSingle(i * 5003)),
        ];
        float[] y = Elementwise.Map<Log1pKernel>(Tensor.From(x)).ToArray<float>();

        (double worst, float at) = (0, 0);
        for (int i = 0; i < x.Length; i++)
        {
            double d = x[i];
            double expected = Math.Abs(d) < 1e-5 ? d - (d * d / 2) + (d * d * d / 3) : Math.Log(1 + d);
            double error = Exact.UlpsFrom(expected, y[i]);
            if (error > worst) (worst, at) = (error, x[i]);
        }

        Assert.True(worst is > 0.1 and <= UlpsF32, FormattableString.Invariant($"{worst} units at {at:R}"));
    }

    private static double F64(double x) => Elementwise.Map<Log1pKernel>(Tensor.Scalar(x, DType.F64)).ToScalar();

    private static float F32(float x) => (float)Elementwise.Map<Log1pKernel>(Tensor.From([x])).ToScalar();
}
