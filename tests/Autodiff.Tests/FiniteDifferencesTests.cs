using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class FiniteDifferencesTests
{
    // f = [x·y, x³] at x = 2, y = 5. Central differences are exact for the product; for the cube ((2 + h)³ - (2 - h)³)/2h = 12 + h², and five points are exact up to x⁴.
    [Fact]
    public void A_row_for_each_output_and_a_column_for_each_element_of_the_input()
    {
        static Variable Function(IReadOnlyList<Variable> x) => (x[0] * Tensor.From([1.0, 0]) * x[1]) + (x[0] * x[0] * x[0] * Tensor.From([0.0, 1]));
        Tensor[] inputs = [Tensor.Scalar(2, DType.F64), Tensor.Scalar(5, DType.F64)];

        Expect.Near([5, 12.25], Flat(FiniteDifferences.Jacobian(Function, inputs, 0, step: 0.5, points: 3)), 1e-13);
        Expect.Near([5, 12], Flat(FiniteDifferences.Jacobian(Function, inputs, 0, step: 0.5)), 1e-13);
        Expect.Near([2, 0], Flat(FiniteDifferences.Jacobian(Function, inputs, 1, step: 0.5, points: 3)), 1e-13);
    }

    [Fact]
    public void The_input_is_left_as_it_was()
    {
        Tensor x = Tensor.From([0.1, 0.7]);

        FiniteDifferences.Jacobian(xs => Op.Exp(xs[0]), [x], 0, step: 0.3);

        Expect.SameBits(Tensor.From([0.1, 0.7]), x);
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        static double[][] Run(Tensor x, double step, int points) => FiniteDifferences.Jacobian(xs => xs[0], [x], 0, step, points);
        Tensor one = Tensor.Scalar(1, DType.F64);

        Assert.Equal("FiniteDifferences: expected F64, got F32[]. They drown in F32's rounding; Cast the input. (Parameter 'inputs')", Assert.Throws<ArgumentException>(() => Run(Tensor.Scalar(1), 0.1, 3)).Message);
        Assert.Equal("FiniteDifferences: expected a finite step above 0, got -1. (Parameter 'step')", Assert.Throws<ArgumentException>(() => Run(one, -1, 3)).Message);
        Assert.Equal("FiniteDifferences: expected an odd number of points from 3 up, got 4. (Parameter 'points')", Assert.Throws<ArgumentException>(() => Run(one, 0.1, 4)).Message);
    }

    private static Tensor Flat(double[][] rows) => Tensor.From([.. rows.SelectMany(row => row)]);
}
