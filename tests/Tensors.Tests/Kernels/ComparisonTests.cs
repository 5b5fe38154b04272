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

            Assert.Equal(Enumerable.Range(0, length).Select(i => x[i] > y[i] ? 1.0 : 0), Elementwise.Zip<VectorKernel<GreaterFunction>>(x, y).ToDoubles());
            Assert.Equal(Enumerable.Range(0, length).Select(i => x[i] == y[i] ? 1.0 : 0), Elementwise.Zip<VectorKernel<EqualFunction>>(x, y).ToDoubles());
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
}
