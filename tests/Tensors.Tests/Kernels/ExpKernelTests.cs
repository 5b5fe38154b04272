namespace Tapestry.Tensors.Tests;

public class ExpKernelTests
{
    private const double Ulps = 1;

    // Every 5003rd float from -87 to 88.7, by their bits: down to where results become denormal, and up to where they become infinite.
    [Fact]
    public void F32_is_within_1_unit_in_the_last_place_throughout()
    {
        float[] x =
        [
            .. Enumerable.Range(0, BitConverter.SingleToInt32Bits(88.7f) / 5003).Select(i => BitConverter.Int32BitsToSingle(i * 5003)),
            .. Enumerable.Range(0, BitConverter.SingleToInt32Bits(87f) / 5003).Select(i => -BitConverter.Int32BitsToSingle(i * 5003)),
        ];
        float[] y = Elementwise.Map<ExpKernel>(Tensor.From(x)).ToArray<float>();
        double worst = 0;

        for (int i = 0; i < x.Length; i++) worst = Math.Max(worst, Exact.UlpsFrom(Math.Exp(x[i]), y[i]));

        Assert.InRange(worst, 0.1, Ulps);
    }

    // Multiples of 1/64 from -700 to 709.7, against the library's, itself within one unit.
    [Fact]
    public void F64_is_within_2_units_in_the_last_place_of_the_librarys_throughout()
    {
        double[] x = [.. Enumerable.Range(-44800, 90221).Select(i => i / 64.0)];
        double[] y = Elementwise.Map<ExpKernel>(Tensor.From(x)).ToArray<double>();
        double worst = 0;

        for (int i = 0; i < x.Length; i++) worst = Math.Max(worst, Math.Abs(y[i] - Math.Exp(x[i])) / Math.BitIncrement(Math.Exp(x[i])) * (1L << 52));

        Assert.InRange(worst, 0.1, 2);
    }

    // The smallest numbers above 0 are 1.4e-45 and 4.9e-324.
    [Fact]
    public void Results_that_are_denormal_are_rounded_once()
    {
        foreach (float x in new[] { -87.5f, -90, -95.3f, -100, -103, -103.2f }) Assert.Equal((float)Math.Exp(x), F32(x), 1.5e-45f);
        foreach (double x in new[] { -708.5, -720, -740, -744.4 }) Assert.Equal(Math.Exp(x), F64(x), 5e-324);
    }

    [Fact]
    public void Far_out_the_result_is_0_or_infinite()
    {
        foreach (float x in new[] { -104, -110, -1e30f, float.MinValue, float.NegativeInfinity }) Assert.Equal(0, F32(x));
        foreach (float x in new[] { 88.73f, 89, 1e30f, float.MaxValue, float.PositiveInfinity }) Assert.Equal(float.PositiveInfinity, F32(x));
        Assert.Equal(float.NaN, F32(float.NaN));
        foreach (double x in new[] { -746, -1e300, double.MinValue, double.NegativeInfinity }) Assert.Equal(0, F64(x));
        foreach (double x in new[] { 709.79, 710, 1e300, double.MaxValue, double.PositiveInfinity }) Assert.Equal(double.PositiveInfinity, F64(x));
        Assert.Equal(double.NaN, F64(double.NaN));
    }

    // ln(3.4028e38) = 88.72283 and ln(1.797e308) = 709.782712893384: the last numbers whose exponential is finite.
    [Fact]
    public void The_largest_finite_result_is_reached_and_0_gives_exactly_1()
    {
        Assert.InRange(Exact.UlpsFrom(Math.Exp(88.72283f), F32(88.72283f)), 0, Ulps);
        Assert.Equal(Math.Exp(709.782712893384), F64(709.782712893384), Math.Exp(709.782712893384) * 1e-15);
        Assert.Equal(1, F32(0));
        Assert.Equal(1, F64(0));
        Assert.Equal(1, F32(-0f));
    }

    [Fact]
    public void The_result_depends_neither_on_the_position_in_a_vector_nor_on_what_stands_beside_it()
    {
        float[] x = [.. Enumerable.Range(0, 17).Select(i => i % 5 == 0 ? float.NegativeInfinity : (i - 8) * 0.37f)];
        double[] wide = [.. x];

        Assert.Equal(x.Select(F32), Elementwise.Map<ExpKernel>(Tensor.From(x)).ToArray<float>());
        Assert.Equal(wide.Select(F64), Elementwise.Map<ExpKernel>(Tensor.From(wide)).ToArray<double>());
    }

    private static double F64(double x) => Elementwise.Map<ExpKernel>(Tensor.Scalar(x, DType.F64)).ToScalar();

    private static float F32(float x) => (float)Elementwise.Map<ExpKernel>(Tensor.From([x])).ToScalar();
}
