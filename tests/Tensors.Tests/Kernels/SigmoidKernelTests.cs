namespace Tapestry.Tensors.Tests;

public class SigmoidKernelTests
{
    private const double Ulps = 3;

    // Half at 0; 1/(1 + e^-2) = 0.880797077977882444 and what is left of 1; e^-40 = 4.248354255291589e-18, and as good as it far below 0.
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(2, 0.880797077977882444)]
    [InlineData(-2, 0.119202922022117556)]
    [InlineData(-40, 4.248354255291589e-18)]
    public void Values_are_those_of_the_formula(double x, double expected)
    {
        Assert.Equal(expected, F64(x), Math.Abs(expected) * 5e-16);
        Assert.Equal(expected, F32((float)x), Math.Abs(expected) * 3e-7);
    }

    [Fact]
    public void Far_out_the_result_is_1_or_the_exponential_down_to_0()
    {
        foreach (double x in new[] { 40, 1000, double.MaxValue, double.PositiveInfinity }) Assert.Equal(1, F64(x));
        foreach (float x in new[] { 20, 1000, float.MaxValue, float.PositiveInfinity }) Assert.Equal(1, F32(x));
        foreach (double x in new[] { -100, -700, -720, -744.0 }) Assert.Equal(Math.Exp(x), F64(x), Math.Max(5e-324, Math.Exp(x) * 1e-15));
        foreach (float x in new[] { -50, -88, -95, -103 }) Assert.Equal((float)Math.Exp(x), F32(x), Math.Max(1.5e-45f, (float)Math.Exp(x) * 3e-7f));
        Assert.Equal(0, F64(double.NegativeInfinity));
        Assert.Equal(0, F32(float.NegativeInfinity));
        Assert.Equal(double.NaN, F64(double.NaN));
        Assert.Equal(float.NaN, F32(float.NaN));
    }

    // Every 5003rd float from -80 to 80, by their bits.
    [Fact]
    public void F32_is_within_3_units_in_the_last_place_throughout()
    {
        float[] magnitudes = [.. Enumerable.Range(0, BitConverter.SingleToInt32Bits(80f) / 5003).Select(i => BitConverter.Int32BitsToSingle(i * 5003))];
        float[] x = [.. magnitudes, .. magnitudes.Select(magnitude => -magnitude)];
        float[] y = Elementwise.Map<SigmoidKernel>(Tensor.From(x)).ToArray<float>();
        double worst = 0;

        for (int i = 0; i < x.Length; i++) worst = Math.Max(worst, Exact.UlpsFrom(1 / (1 + Math.Exp(-x[i])), y[i]));

        Assert.InRange(worst, 0.1, Ulps);
    }

    private static double F64(double x) => Elementwise.Map<SigmoidKernel>(Tensor.Scalar(x, DType.F64)).ToScalar();

    private static float F32(float x) => (float)Elementwise.Map<SigmoidKernel>(Tensor.From([x])).ToScalar();
}
