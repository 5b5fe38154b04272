namespace Tapestry.Tensors.Tests;

public class TanhKernelTests
{
    private const double Ulps = 3;

    // x - x³/3: TensorPrimitives gives -1.57954e-5 for the first in F32, off by 18000 units, and -6e-8 at 0.
    [Theory]
    [InlineData(-1.5829e-5, -1.58289999986779e-5)]
    [InlineData(1e-3, 9.99999666666800e-4)]
    public void Near_0_nothing_cancels(double x, double expected)
    {
        Assert.Equal(expected, F64(x), Math.Abs(expected) * 1e-14);
        Assert.Equal(expected, F32((float)x), Math.Abs(expected) * 3e-7);
    }

    [Fact]
    public void Zeros_of_either_sign_and_the_smallest_numbers_stay_themselves()
    {
        foreach (double x in new[] { 0.0, -0.0, double.Epsilon, -double.Epsilon, 1e-310, -1e-200, 1e-20 })
        {
            Assert.Equal(BitConverter.DoubleToInt64Bits(x), BitConverter.DoubleToInt64Bits(F64(x)));
        }

        foreach (float x in new[] { 0f, -0f, float.Epsilon, -float.Epsilon, 1e-40f, -1e-30f, 1e-10f })
        {
            Assert.Equal(BitConverter.SingleToInt32Bits(x), BitConverter.SingleToInt32Bits(F32(x)));
        }
    }

    [Fact]
    public void Far_out_the_result_is_1_of_either_sign()
    {
        foreach (double x in new[] { 20, 1000, double.MaxValue, double.PositiveInfinity }) Assert.Equal((1.0, -1.0), (F64(x), F64(-x)));
        foreach (float x in new[] { 10, 1000, float.MaxValue, float.PositiveInfinity }) Assert.Equal((1f, -1f), (F32(x), F32(-x)));
        Assert.Equal(double.NaN, F64(double.NaN));
        Assert.Equal(float.NaN, F32(float.NaN));
    }

    // Multiples of 1/512 to 20, and of 2^-24.
    [Fact]
    public void F64_is_within_3_units_in_the_last_place_throughout()
    {
        double[] x = [.. Enumerable.Range(1, 10240).Select(i => i / 512.0), .. Enumerable.Range(1, 1000).Select(i => i / 16777216.0)];
        double[] y = Elementwise.Map<TanhKernel>(Tensor.From(x)).ToArray<double>();
        double worst = 0;

        for (int i = 0; i < x.Length; i++) worst = Math.Max(worst, Exact.UlpsFrom(Exact.Tanh(Exact.Of(x[i])), y[i]));

        Assert.InRange(worst, 0.1, Ulps);
    }

    // Every 5003rd float down to -12, by their bits. Math.Tanh has the precision that F64 allows.
    [Fact]
    public void F32_is_within_3_units_in_the_last_place_throughout()
    {
        float[] x = [.. Enumerable.Range(0, BitConverter.SingleToInt32Bits(12f) / 5003).Select(i => -BitConverter.Int32BitsToSingle(i * 5003))];
        float[] y = Elementwise.Map<TanhKernel>(Tensor.From(x)).ToArray<float>();
        double worst = 0;

        for (int i = 0; i < x.Length; i++) worst = Math.Max(worst, Exact.UlpsFrom(Math.Tanh(x[i]), y[i]));

        Assert.InRange(worst, 0.1, Ulps);
    }

    private static double F64(double x) => Elementwise.Map<TanhKernel>(Tensor.Scalar(x, DType.F64)).ToScalar();

    private static float F32(float x) => (float)Elementwise.Map<TanhKernel>(Tensor.From([x])).ToScalar();
}
