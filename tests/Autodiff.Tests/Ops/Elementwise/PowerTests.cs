using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class PowerTests
{
    // 2³ = 8, 3·2² = 12, 8 ln 2 = 5.545177444.
    [Fact]
    public void Both_operands_have_a_derivative()
    {
        (double y, double da, double db) = At(2, 3);

        Assert.Equal((8, 12), (y, da));
        Assert.Equal(5.545177444, db, 1e-9);
    }

    // With a [2, 1] and b [3], each element of a meets all of b: 2¹, 2², 2³ and 3¹, 3², 3³; da = Σ b·aᵇ⁻¹ = 1 + 4 + 12 and 1 + 6 + 27.
    [Fact]
    public void Operands_broadcast()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.From([2.0, 3], [2, 1])), b = tape.Watch(Tensor.From([1.0, 2, 3])), y = Op.Power(a, b);

        Variable[] gradients = tape.Gradient(Op.Sum(y), [a, b]);

        Assert.Equal([2.0, 4, 8, 3, 9, 27], y.Value.ToDoubles());
        Assert.Equal([17.0, 34], gradients[0].Value.ToDoubles());
        Expect.Near([(2 * Math.Log(2)) + (3 * Math.Log(3)), (4 * Math.Log(2)) + (9 * Math.Log(3)), (8 * Math.Log(2)) + (27 * Math.Log(3))], gradients[1].Value, 1e-13);
    }

    // As PyTorch: b·aᵇ⁻¹ but 0 for b = 0; y·ln a but 0 for b ≥ 0. 0^-1 = ∞, whose derivatives are -1/0² and ∞·ln 0.
    [Theory]
    [InlineData(2, 0, 0, 0)]
    [InlineData(1, 0, 1, 0)]
    [InlineData(0.5, 0, double.PositiveInfinity, 0)]
    [InlineData(0, 1, 0, 0)]
    [InlineData(-1, double.PositiveInfinity, double.NegativeInfinity, double.NegativeInfinity)]
    public void At_base_0_the_derivatives_are_those_of_PyTorch(double b, double y, double da, double db) => Assert.Equal((y, da, db), At(0, b));

    // (-2)³ = -8 and (-2)⁻¹ = -1/2, with 3·4 and -1·(1/4).
    [Fact]
    public void A_negative_base_takes_whole_exponents_and_has_no_derivative_by_the_exponent()
    {
        Assert.Equal((-8, 12, double.NaN), At(-2, 3));
        Assert.Equal((-0.5, -0.25, double.NaN), At(-2, -1));
        Assert.Equal(double.NaN, At(-2, 0.5).Y);
    }

    // x² at 0: 2x, 2, 0, 0: what stands on the way, 0·0⁻¹, must not get in as NaN.
    [Fact]
    public void Every_derivative_of_a_square_at_0_is_a_number()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(0, DType.F64)), y = Op.Power(x, 2);
        List<double> derivatives = [];
        for (int order = 1; order <= 5; order++)
        {
            y = tape.Gradient(y, x, record: true);
            derivatives.Add(y.Value.ToScalar());
        }

        Assert.Equal([0.0, 2, 0, 0, 0], derivatives);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Special_values_are_those_of_IEEE(DType dtype)
    {
        double[] bases = [double.NaN, 1, double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity, 0.5, 10, -1, -0.0];
        double[] exponents = [0, double.NaN, 2, 3, -1, double.PositiveInfinity, 1000, double.PositiveInfinity, -1];

        // Twice in a row, so that vectors and their tails see each.
        double[] y = Op.Power(Tensor.From([.. bases, .. bases]).Cast(dtype), Tensor.From([.. exponents, .. exponents]).Cast(dtype)).Value.ToDoubles();

        double[] expected = [1, 1, double.PositiveInfinity, double.NegativeInfinity, 0, 0, double.PositiveInfinity, 1, double.NegativeInfinity];
        Assert.Equal([.. expected, .. expected], y);
    }

    private static (double Y, double Da, double Db) At(double a, double b)
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(a, DType.F64)), exponent = tape.Watch(Tensor.Scalar(b, DType.F64)), y = Op.Power(x, exponent);
        Variable[] gradients = tape.Gradient(y, [x, exponent]);
        return (y.Value.ToScalar(), gradients[0].Value.ToScalar(), gradients[1].Value.ToScalar());
    }
}
