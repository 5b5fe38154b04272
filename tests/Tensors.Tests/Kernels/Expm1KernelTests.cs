namespace Tapestry.Tensors.Tests;

public class Expm1KernelTests
{
    private const double UlpsF32 = 3;
    private const double UlpsF64 = 4;

    // x + x²/2 + x³/6: 1e-8 + 5e-17 + 1.7e-25, and -1e-7 + 5e-15 - 1.7e-22. exp(x) - 1 gives 0 and -1.19e-7 in F32, 9.99999993922529e-9 in F64.
    [Theory]
    [InlineData(1e-8, 1.0000000050000000167e-8)]
    [InlineData(-1e-7, -9.9999995000000166667e-8)]
    public void Near_0_nothing_cancels(double x, double expected)
    {
        Assert.Equal(expected, F64(x), Math.Abs(expected) * 1e-15);
        Assert.Equal(expected, F32((float)x), Math.Abs(expected) * 2e-7);
    }

    // The reduction changes at ln 2 / 2 = 0.34657.
    [Theory]
    [InlineData(0.35)]
    [InlineData(-0.35)]
    [InlineData(0.34657359027997264)]
    [InlineData(-0.34657359027997264)]
    [InlineData(0.3465735902799727)]
    [InlineData(-0.3465735902799727)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(0.6931471805599453)]
    [InlineData(-36)]
    [InlineData(20)]
    public void Single_values_are_within_4_units_in_the_last_place(double x) =>
        Assert.InRange(Exact.UlpsFrom(Exact.Expm1(Exact.Of(x)), F64(x)), 0, UlpsF64);

    [Fact]
    public void Zeros_of_either_sign_and_the_smallest_numbers_stay_themselves()
    {
        foreach (double x in new[] { 0.0, -0.0, double.Epsilon, -double.Epsilon, 1e-310, 1e-300, -1e-200, 1e-20, -1e-20, 1e-17 })
        {
            Assert.Equal(BitConverter.DoubleToInt64Bits(x), BitConverter.DoubleToInt64Bits(F64(x)));
        }

        foreach (float x in new[] { 0f, -0f, float.Epsilon, -float.Epsilon, 1e-40f, 1e-38f, -1e-30f, 1e-10f, -1e-10f, 1e-9f })
        {
            Assert.Equal(BitConverter.SingleToInt32Bits(x), BitConverter.SingleToInt32Bits(F32(x)));
        }
    }

    [Fact]
    public void Far_out_the_result_is_infinite_or_minus_1()
    {
        Assert.Equal(double.PositiveInfinity, F64(double.PositiveInfinity));
        Assert.Equal(-1, F64(double.NegativeInfinity));
        Assert.Equal(double.NaN, F64(double.NaN));
        Assert.Equal(double.PositiveInfinity, F64(710));
        Assert.Equal(double.PositiveInfinity, F64(double.MaxValue));
        Assert.Equal(-1, F64(-100));
        Assert.Equal(float.PositiveInfinity, F32(float.PositiveInfinity));
        Assert.Equal(-1, F32(float.NegativeInfinity));
        Assert.Equal(float.NaN, F32(float.NaN));
        Assert.Equal(float.PositiveInfinity, F32(89));
        Assert.Equal(-1, F32(-50));
    }

    // ln(1.797e308) = 709.782712893384 and ln(3.4028e38) = 88.72283: the last numbers whose exponential is finite.
    [Fact]
    public void The_largest_finite_results_are_reached()
    {
        Assert.Equal(Math.Exp(709.782712893384), F64(709.782712893384), Math.Exp(709.782712893384) * 1e-15);
        Assert.InRange(Exact.UlpsFrom(Math.Exp(88.72283f), F32(88.72283f)), 0, UlpsF32);
    }

    [Fact]
    public void F64_is_within_4_units_in_the_last_place_throughout()
    {
        double worst = 0;
        // Multiples of 2^-13 from -1.5 to 1.5, then of 1/64 from -40 to 40.
        IEnumerable<double> xs = Enumerable.Range(-12288, 24577).Where(i => i != 0).Select(i => i / 8192.0).Concat(Enumerable.Range(-2560, 5121).Where(i => i != 0).Select(i => i / 64.0));
        double[] x = [.. xs];
        double[] y = Elementwise.Map<Expm1Kernel>(Tensor.From(x)).ToArray<double>();

        for (int i = 0; i < x.Length; i++) worst = Math.Max(worst, Exact.UlpsFrom(Exact.Expm1(Exact.Of(x[i])), y[i]));

        Assert.InRange(worst, 0.1, UlpsF64);
    }

    [Fact]
    public void F32_is_within_3_units_in_the_last_place_throughout()
    {
        // Every 5003rd float from -30 to 88, by their bits.
        float[] x =
        [
            .. Enumerable.Range(0, BitConverter.SingleToInt32Bits(88f) / 5003).Select(i => BitConverter.Int32BitsToSingle(i * 5003)),
            .. Enumerable.Range(0, BitConverter.SingleToInt32Bits(30f) / 5003).Select(i => -BitConverter.Int32BitsToSingle(i * 5003)),
        ];
        float[] y = Elementwise.Map<Expm1Kernel>(Tensor.From(x)).ToArray<float>();

        // In double, exp(x) - 1 loses at most 11 of 16 digits above 1e-5, and below it the series' next term is x⁴/24 < 1e-21.
        (double worst, float at) = (0, 0);
        for (int i = 0; i < x.Length; i++)
        {
            double d = x[i];
            double expected = Math.Abs(d) < 1e-5 ? d + (d * d / 2) + (d * d * d / 6) : Math.Exp(d) - 1;
            double error = Exact.UlpsFrom(expected, y[i]);
            if (error > worst) (worst, at) = (error, x[i]);
        }

        Assert.True(worst is > 0.1 and <= UlpsF32, FormattableString.Invariant($"{worst} units at {at:R}"));
    }

    [Fact]
    public void The_result_does_not_depend_on_the_position_in_a_vector()
    {
        float[] x = [.. Enumerable.Range(0, 17).Select(i => (i - 8) * 0.37f)];

        Assert.Equal(x.Select(F32), Elementwise.Map<Expm1Kernel>(Tensor.From(x)).ToArray<float>());
    }

    private static double F64(double x) => Elementwise.Map<Expm1Kernel>(Tensor.Scalar(x, DType.F64)).ToScalar();

    private static float F32(float x) => (float)Elementwise.Map<Expm1Kernel>(Tensor.From([x])).ToScalar();
}
