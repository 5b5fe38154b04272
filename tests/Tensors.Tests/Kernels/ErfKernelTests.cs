using MathNet.Numerics;

namespace Tapestry.Tensors.Tests;

public class ErfKernelTests
{
    private const double Ulps = 2;

    // Tables: erf 0.5 = 0.520499877813046538, erf 1 = 0.842700792949714869, erf 2 = 0.995322265018952734.
    [Theory]
    [InlineData(0.5, 0.520499877813046538)]
    [InlineData(1, 0.842700792949714869)]
    [InlineData(2, 0.995322265018952734)]
    public void Values_are_those_of_the_tables_and_odd(double x, double expected)
    {
        Assert.Equal(expected, F64(x), 2e-16);
        Assert.Equal(-F64(x), F64(-x));
        Assert.Equal(expected, F32((float)x), 1e-7);
        Assert.Equal(-F32((float)x), F32(-(float)x));
    }

    [Fact]
    public void Zeros_keep_their_sign_and_the_smallest_numbers_their_precision()
    {
        Assert.Equal(BitConverter.DoubleToInt64Bits(-0.0), BitConverter.DoubleToInt64Bits(F64(-0.0)));
        Assert.Equal(BitConverter.SingleToInt32Bits(-0f), BitConverter.SingleToInt32Bits(F32(-0f)));
        foreach (double x in new[] { 0, double.Epsilon, 1e-310, 1e-300, -1e-200, 1e-20, -1e-10 }) Assert.Equal(x * 1.1283791670955126, F64(x), Math.Abs(x) * 2e-16);
        foreach (float x in new[] { 0, float.Epsilon, 1e-40f, -1e-30f, 1e-10f }) Assert.Equal(x * 1.1283792f, F32(x), Math.Abs(x) * 2e-7f);
    }

    [Fact]
    public void Far_out_the_result_is_1_of_either_sign()
    {
        foreach (double x in new[] { 6, 10, 1e100, double.MaxValue, double.PositiveInfinity }) Assert.Equal((1.0, -1.0), (F64(x), F64(-x)));
        foreach (float x in new[] { 4, 10, 1e30f, float.MaxValue, float.PositiveInfinity }) Assert.Equal((1f, -1f), (F32(x), F32(-x)));
        Assert.Equal(double.NaN, F64(double.NaN));
        Assert.Equal(float.NaN, F32(float.NaN));
    }

    // Multiples of 1/1024 to 6.5, past the bound between the two formulas at 1 and past that of the polynomial at 6.
    [Fact]
    public void F64_is_within_2_units_in_the_last_place_throughout()
    {
        double[] x = [.. Enumerable.Range(1, 6656).Select(i => i / 1024.0), 1e-8, Math.BitDecrement(1), Math.BitDecrement(6)];
        double[] y = Elementwise.Map<ErfKernel>(Tensor.From(x)).ToArray<double>();
        (double worst, double at) = (0, 0);

        for (int i = 0; i < x.Length; i++)
        {
            double error = Exact.UlpsFrom(Exact.Erf(Exact.Of(x[i])), y[i]);
            if (error > worst) (worst, at) = (error, x[i]);
        }

        Assert.True(worst is > 0.1 and <= Ulps, FormattableString.Invariant($"{worst} units at {at:R}"));
    }

    // Every 5003rd float up to 5, by their bits, against MathNet's function in F64.
    [Fact]
    public void F32_is_within_2_units_in_the_last_place_throughout()
    {
        float[] x = [.. Enumerable.Range(0, BitConverter.SingleToInt32Bits(5f) / 5003).Select(i => BitConverter.Int32BitsToSingle(i * 5003))];
        float[] y = Elementwise.Map<ErfKernel>(Tensor.From(x)).ToArray<float>();
        (double worst, float at) = (0, 0);

        for (int i = 0; i < x.Length; i++)
        {
            double error = Exact.UlpsFrom(SpecialFunctions.Erf(x[i]), y[i]);
            if (error > worst) (worst, at) = (error, x[i]);
        }

        Assert.True(worst is > 0.1 and <= Ulps, FormattableString.Invariant($"{worst} units at {at:R}"));
    }

    private static double F64(double x) => Elementwise.Map<ErfKernel>(Tensor.Scalar(x, DType.F64)).ToScalar();

    private static float F32(float x) => (float)Elementwise.Map<ErfKernel>(Tensor.From([x])).ToScalar();
}
