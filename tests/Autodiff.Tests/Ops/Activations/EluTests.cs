using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class EluTests
{
    // e⁻¹ - 1, e⁻² - 1.
    [Theory]
    [InlineData(DType.F32, 1e-7)]
    [InlineData(DType.F64, 1e-9)]
    public void Values_are_those_of_the_formula(DType dtype, double tolerance)
    {
        double[] y = Op.Elu(Tensor.From([-1.0, -2, 0, 3]).Cast(dtype)).Value.ToDoubles();

        Assert.Equal(-0.632120559, y[0], tolerance);
        Assert.Equal(-0.864664717, y[1], tolerance);
        Assert.Equal(0, y[2]);
        Assert.Equal(3, y[3]);
    }

    // eˣ below 0 and 1 above; at exactly 0 both sides meet at 1.
    [Fact]
    public void The_derivative_is_1_at_0_and_above()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([-1.0, 0, -0.0, 3]));

        double[] gradient = tape.Gradient(Op.Elu(x), x, Tensor.Ones([4], DType.F64)).Value.ToDoubles();

        Assert.Equal(0.367879441, gradient[0], 1e-9);
        Assert.Equal([1.0, 1, 1], gradient[1..]);
    }

    // By exp(x) - 1 in F32 this would be -1.19e-7.
    [Fact]
    public void Nothing_cancels_just_below_0() => Assert.Equal(-9.999999e-8, Op.Elu(Tensor.Scalar(-1e-7)).Value.ToScalar(), 1e-13);

    // 0.7(e⁻¹ - 1) = -0.442484391; derivative 0.7e⁻¹ = 0.257515609, and 0.7 at 0.
    [Fact]
    public void Alpha_scales_the_lower_side()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([-1.0, 0, 2])), y = Op.Elu(x, 0.7);

        double[] gradient = tape.Gradient(y, x, Tensor.Ones([3], DType.F64)).Value.ToDoubles();

        Assert.Equal(-0.442484391, y.Value[0], 1e-9);
        Assert.Equal(2, y.Value[2]);
        Assert.Equal(0.257515609, gradient[0], 1e-9);
        Assert.Equal([0.7, 1], gradient[1..]);
    }

    [Fact]
    public void Infinities_and_NaN()
    {
        double[] y = Op.Elu(Tensor.From([double.NegativeInfinity, double.PositiveInfinity, double.NaN])).Value.ToDoubles();

        Assert.Equal([-1, double.PositiveInfinity, double.NaN], y);
    }

    [Fact]
    public void Large_inputs_have_no_NaN_in_value_or_gradient()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1000f, -1000f])), y = Op.Elu(x);

        Assert.Equal([1000f, -1], y.Value.ToArray<float>());
        Assert.Equal([1f, 0], tape.Gradient(y, x, Tensor.Ones([2])).Value.ToArray<float>());
    }
}
