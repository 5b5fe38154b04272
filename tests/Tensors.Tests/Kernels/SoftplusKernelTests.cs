namespace Tapestry.Tensors.Tests;

public class SoftplusKernelTests
{
    private const double Ulps = 3;

    // ln 2 at 0; x + e^-x above: 10 + 4.5398899e-5 = 10.000045398899.
    [Theory]
    [InlineData(0, 0.69314718055994531)]
    [InlineData(10, 10.0000453988992169)]
    [InlineData(-10, 4.539889921686465e-5)]
    public void Values_are_those_of_the_formula(double x, double expected)
    {
        Assert.Equal(expected, F64(x), Math.Abs(expected) * 4e-16);
        Assert.Equal(expected, F32((float)x), Math.Abs(expected) * 3e-7);
    }

    // e^-700 is 9.86e-305. By 1 + e^x it would be 0 from x = -37 on.
    [Fact]
    public void Far_below_0_the_result_is_the_exponential_down_to_denormals()
    {
        foreach (double x in new[] { -40, -100, -700, -720, -745.0 }) Assert.InRange(F64(x) / Math.Exp(x), 1 - 1e-15, 1 + 1e-15);
        foreach (float x in new[] { -20, -80, -88, -103 }) Assert.InRange(F32(x) / MathF.Exp(x), 1 - 3e-7f, 1 + 3e-7f);
        Assert.Equal(0, F64(-800));
        Assert.Equal(0, F32(-110));
    }

    [Fact]
    public void Far_above_0_the_result_is_x_itself()
    {
        foreach (double x in new[] { 40, 1000, double.MaxValue, double.PositiveInfinity }) Assert.Equal(x, F64(x));
        foreach (float x in new[] { 20, 1000, float.MaxValue, float.PositiveInfinity }) Assert.Equal(x, F32(x));
        Assert.Equal(0, F64(double.NegativeInfinity));
        Assert.Equal(0, F32(float.NegativeInfinity));
        Assert.Equal(double.NaN, F64(double.NaN));
        Assert.Equal(float.NaN, F32(float.NaN));
    }

    // Multiples of 1/256 from -25 to 25.
    [Fact]
    public void F64_is_within_3_units_in_the_last_place_throughout()
    {
        double[] x = [.. Enumerable.Range(-6400, 12801).Select(i => i / 256.0)];
        double[] y = Elementwise.Map<SoftplusKernel>(Tensor.From(x)).ToArray<double>();
        double worst = 0;

        for (int i = 0; i < x.Length; i++) worst = Math.Max(worst, Exact.UlpsFrom(Exact.Softplus(Exact.Of(x[i])), y[i]));

        Assert.InRange(worst, 0.1, Ulps);
    }

    // Every 5003rd float from -80 to 80, by their bits. Math.Log(1 + u) loses 1e-16/u of itself, so below u = 1e-6 u - u²/2 serves.
    [Fact]
    public void F32_is_within_3_units_in_the_last_place_throughout()
    {
        float[] magnitudes = [.. Enumerable.Range(0, BitConverter.SingleToInt32Bits(80f) / 5003).Select(i => BitConverter.Int32BitsToSingle(i * 5003))];
        float[] x = [.. magnitudes, .. magnitudes.Select(magnitude => -magnitude)];
        float[] y = Elementwise.Map<SoftplusKernel>(Tensor.From(x)).ToArray<float>();
        double worst = 0;

        for (int i = 0; i < x.Length; i++)
        {
            double u = Math.Exp(-Math.Abs((double)x[i]));
            worst = Math.Max(worst, Exact.UlpsFrom(Math.Max((double)x[i], 0) + (u < 1e-6 ? u - (u * u / 2) : Math.Log(1 + u)), y[i]));
        }

        Assert.InRange(worst, 0.1, Ulps);
    }

    private static double F64(double x) => Elementwise.Map<SoftplusKernel>(Tensor.Scalar(x, DType.F64)).ToScalar();

    private static float F32(float x) => (float)Elementwise.Map<SoftplusKernel>(Tensor.From([x])).ToScalar();
}
