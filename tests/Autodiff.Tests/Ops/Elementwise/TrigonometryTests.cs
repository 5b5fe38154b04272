using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class TrigonometryTests
{
    // sin 1 = 0.841470985, cos 1 = 0.540302306, tan 1 = 1.557407725, and 1 + tan² 1 = 3.425518821.
    [Theory]
    [InlineData(DType.F32, 3e-7)]
    [InlineData(DType.F64, 1e-9)]
    public void Values_and_derivatives(DType dtype, double tolerance)
    {
        (double[] sin, double[] dSin) = Pointwise.At(Op.Sin, [1, 0], dtype);
        (double[] cos, double[] dCos) = Pointwise.At(Op.Cos, [1, 0], dtype);
        (double[] tan, double[] dTan) = Pointwise.At(Op.Tan, [1, 0], dtype);

        Expect.Near([0.841470985, 0, 0.540302306, 1], Tensor.From([.. sin, .. dSin]), tolerance);
        Expect.Near([0.540302306, 1, -0.841470985, 0], Tensor.From([.. cos, .. dCos]), tolerance);
        Expect.Near([1.557407725, 0, 3.425518821, 1], Tensor.From([.. tan, .. dTan]), tolerance * 4);
    }

    // 10¹⁵ is 1.6·10¹⁴ turns; the digits were computed with 30 decimals. Near 22/7 a sine by a rounded π would be off in its fourth digit in F32.
    [Fact]
    public void Large_arguments_and_those_near_zeros_keep_their_precision()
    {
        Variable large = Tensor.Scalar(1e15, DType.F64);

        Assert.Equal(0.858272793170236, Op.Sin(large).Value.ToScalar(), 1e-15);
        Assert.Equal(-0.51319373778697, Op.Cos(large).Value.ToScalar(), 1e-15);
        Assert.Equal(-1.67241478212758, Op.Tan(large).Value.ToScalar(), 2e-14);
        // 2⁴⁰ is a float.
        Assert.Equal(-0.405705011532829, Op.Sin(Tensor.Scalar(Math.Pow(2, 40))).Value.ToScalar(), 3e-8);
        // 22.0/7 is off by its own rounding: these are the digits of its sine.
        Assert.Equal(-0.00126448893037729, Op.Sin(Tensor.Scalar(22.0 / 7, DType.F64)).Value.ToScalar(), 1e-18);
    }

    [Fact]
    public void Infinities_and_NaN_give_NaN()
    {
        foreach (Func<Variable, Variable> function in (Func<Variable, Variable>[])[Op.Sin, Op.Cos, Op.Tan])
        {
            Assert.All(function(Tensor.From([double.PositiveInfinity, double.NegativeInfinity, double.NaN])).Value.ToDoubles(), y => Assert.Equal(double.NaN, y));
        }
    }
}
