namespace Tapestry.Tensors.Tests;

public class ComparisonTests
{
    // Every pair of these special numbers, so that vectors and tails of every length see each.
    private static readonly double[] Specials = [0, -0.0, 1, -1, double.PositiveInfinity, double.NegativeInfinity, double.NaN];

    public static TheoryData<DType, int> Tails => ElementwiseTests.Tails();

    [Theory]
    [MemberData(nameof(Tails))]
    public void Comparisons_give_1_or_0_for_every_length_also_with_NaN(DType dtype, int length)
    {
        for (int shift = 0; shift < Specials.Length; shift++)
        {
            Tensor x = Tensor.From([.. Enumerable.Range(0, length).Select(i => Specials[i % 7])]).Cast(dtype);
            Tensor y = Tensor.From([.. Enumerable.Range(0, length).Select(i => Specials[(i + shift) % 7])]).Cast(dtype);

            Compare<GreaterFunction>(x, y, (a, b) => a > b);
            Compare<GreaterOrEqualFunction>(x, y, (a, b) => a >= b);
            Compare<LessFunction>(x, y, (a, b) => a < b);
            Compare<LessOrEqualFunction>(x, y, (a, b) => a <= b);
            Compare<EqualFunction>(x, y, (a, b) => a == b);
            Compare<NotEqualFunction>(x, y, (a, b) => a != b);
        }
    }

    [Theory]
    [MemberData(nameof(Tails))]
    public void A_number_on_either_side_is_compared_with_each_element(DType dtype, int length)
    {
        Tensor x = Tensor.From([.. Enumerable.Range(0, length).Select(i => Specials[i % 7])]).Cast(dtype);
        foreach (double special in Specials)
        {
            Tensor number = Tensor.Scalar(special, dtype);

            Assert.Equal(x.ToDoubles().Select(value => value > special ? 1.0 : 0), Elementwise.Zip<VectorKernel<GreaterFunction>>(x, number).ToDoubles());
            Assert.Equal(x.ToDoubles().Select(value => special > value ? 1.0 : 0), Elementwise.Zip<VectorKernel<GreaterFunction>>(number, x).ToDoubles());
            Assert.Equal(x.ToDoubles().Select(value => value == special ? 1.0 : 0), Elementwise.Zip<VectorKernel<EqualFunction>>(x, number).ToDoubles());
            Assert.Equal(x.ToDoubles().Select(value => value == special ? 1.0 : 0), Elementwise.Zip<VectorKernel<EqualFunction>>(number, x).ToDoubles());
        }
    }

    // Math.Max and Math.Min give NaN where either is, and hold 0 above -0.
    [Theory]
    [MemberData(nameof(Tails))]
    public void The_larger_and_the_smaller_of_two_let_NaN_through(DType dtype, int length)
    {
        for (int shift = 0; shift < Specials.Length; shift++)
        {
            Tensor x = Tensor.From([.. Enumerable.Range(0, length).Select(i => Specials[i % 7])]).Cast(dtype);
            Tensor y = Tensor.From([.. Enumerable.Range(0, length).Select(i => Specials[(i + shift) % 7])]).Cast(dtype);

            Assert.Equal(Chosen(x, y, Math.Max), Elementwise.Zip<VectorKernel<MaximumFunction>>(x, y).ToDoubles().Select(SignAndValue));
            Assert.Equal(Chosen(x, y, Math.Min), Elementwise.Zip<VectorKernel<MinimumFunction>>(x, y).ToDoubles().Select(SignAndValue));
        }

        static IEnumerable<string> Chosen(Tensor x, Tensor y, Func<double, double, double> choose) => x.ToDoubles().Zip(y.ToDoubles(), choose).Select(SignAndValue);

        // Assert.Equal takes 0 and -0 for the same.
        static string SignAndValue(double value) => value == 0 && double.IsNegative(value) ? "-0" : FormattableString.Invariant($"{value}");
    }

    private static void Compare<TFunction>(Tensor x, Tensor y, Func<double, double, bool> holds)
        where TFunction : struct, IVectorFunction2 =>
        Assert.Equal(x.ToDoubles().Zip(y.ToDoubles(), (a, b) => holds(a, b) ? 1.0 : 0), Elementwise.Zip<VectorKernel<TFunction>>(x, y).ToDoubles());
}
