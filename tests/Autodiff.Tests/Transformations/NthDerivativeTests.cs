using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests.Transformations;

public class NthDerivativeTests
{
    // Every derivative of eˣ is eˣ; those of e²ˣ are 2ⁿe²ˣ.
    [Fact]
    public void Of_an_exponential()
    {
        for (int n = 0; n <= 8; n++)
        {
            Near(Math.Exp(0.7), Derivative(Op.Exp, 0.7, n));
            Near(Math.Pow(2, n) * Math.Exp(1.4), Derivative(x => Op.Exp(2 * x), 0.7, n));
        }
    }

    // dⁿ ln x = (-1)ⁿ⁻¹ (n - 1)! / xⁿ.
    [Fact]
    public void Of_a_logarithm()
    {
        double factorial = 1;
        for (int n = 1; n <= 7; n++)
        {
            if (n > 1) factorial *= n - 1;
            Near((n % 2 == 0 ? -1 : 1) * factorial / Math.Pow(1.3, n), Derivative(Op.Log, 1.3, n));
        }
    }

    // x⁵ at 2: 5·16 = 80, 20·8 = 160, 60·4 = 240, 120·2 = 240, 120, 0, 0. Whole numbers, hence exact.
    [Fact]
    public void Of_a_power_until_nothing_is_left()
    {
        double[] expected = [32, 80, 160, 240, 240, 120, 0, 0];

        for (int n = 0; n < expected.Length; n++) Assert.Equal(expected[n], Derivative(x => x * x * x * x * x, 2, n));
    }

    // √x at 4: 1/2, -1/4·x^(-3/2) = ... in general (1/2)(-1/2)(-3/2)... x^(1/2 - n): 2, 1/4, -1/32, 3/256, -15/2048.
    [Fact]
    public void Of_a_root()
    {
        double[] expected = [2, 1.0 / 4, -1.0 / 32, 3.0 / 256, -15.0 / 2048];

        for (int n = 0; n < expected.Length; n++) Near(expected[n], Derivative(Op.Sqrt, 4, n));
    }

    // eˣ·x² by Leibniz: eˣ(x² + 2nx + n(n - 1)).
    [Fact]
    public void Of_a_product()
    {
        for (int n = 0; n <= 6; n++) Near(Math.Exp(0.5) * (0.25 + n + (n * (n - 1))), Derivative(x => Op.Exp(x) * Op.Square(x), 0.5, n));
    }

    [Fact]
    public void The_point_keeps_its_shape_and_the_value_the_functions()
    {
        Tensor point = Tensor.From([2f], [1, 1]);

        Assert.Equal([], Derivatives.NthDerivative(x => Op.Sum(Op.Square(x)), point, 0).Shape);
        Assert.Equal([1, 1], Derivatives.NthDerivative(x => Op.Sum(Op.Square(x)), point, 2).Shape);
        Assert.Equal([2f], Derivatives.NthDerivative(x => Op.Sum(Op.Square(x)), point, 2).ToArray<float>());
    }

    private static double Derivative(Func<Variable, Variable> function, double x, int order) => Derivatives.NthDerivative(function, Tensor.Scalar(x, DType.F64), order).ToScalar();

    private static void Near(double expected, double actual) => Assert.Equal(1, actual / expected, 1e-12);
}
