using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class LocalJacobianTests
{
    // y = a·b by rows: dy/da = diag(b) and dy/db = diag(a).
    [Fact]
    public void A_product_has_the_other_factor_on_the_diagonal()
    {
        using Tape tape = new();
        Entry entry = (tape.Watch(Tensor.From([2.0, 3])) * tape.Watch(Tensor.From([5.0, 7]))).Entry!;

        AssertMatrix(new double[,] { { 5, 0 }, { 0, 7 } }, entry.LocalJacobian(0));
        AssertMatrix(new double[,] { { 2, 0 }, { 0, 3 } }, entry.LocalJacobian(1));
    }

    // y = x + x is one entry with x as both operands: each has the identity, and neither the sum of both.
    [Fact]
    public void A_variable_that_is_two_operands_has_a_matrix_for_each()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([2.0, 3]));

        Entry entry = (x + x).Entry!;

        AssertMatrix(new double[,] { { 1, 0 }, { 0, 1 } }, entry.LocalJacobian(0));
        AssertMatrix(new double[,] { { 1, 0 }, { 0, 1 } }, entry.LocalJacobian(1));
    }

    // Y = A·B with A = [1 2] and B = [[3, 4], [5, 6]]: y0 = 3a0 + 5a1 and y1 = 4a0 + 6a1; y0 has a0 and a1 at B's first column, y1 at its second.
    [Fact]
    public void A_matrix_product_has_a_row_for_each_element_of_the_result()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.From([1.0, 2], [1, 2])), b = tape.Watch(Tensor.From(new double[,] { { 3, 4 }, { 5, 6 } }));

        Entry entry = Op.MatMul(a, b).Entry!;

        AssertMatrix(new double[,] { { 3, 5 }, { 4, 6 } }, entry.LocalJacobian(0));
        AssertMatrix(new double[,] { { 1, 0, 2, 0 }, { 0, 1, 0, 2 } }, entry.LocalJacobian(1));
    }

    // Broadcasting sends b[0] to both elements of its row: y = [[a0·b0, a1·b0]].
    [Fact]
    public void What_was_broadcast_has_one_column_for_all_its_repetitions()
    {
        using Tape tape = new();

        Entry entry = (tape.Watch(Tensor.From([2.0, 3], [1, 2])) * tape.Watch(Tensor.From([5.0], [1, 1]))).Entry!;

        AssertMatrix(new double[,] { { 2 }, { 3 } }, entry.LocalJacobian(1));
    }

    [Fact]
    public void An_operand_without_influence_has_zeros_and_a_constant_has_its_partials_too()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([2.0, 3]));

        AssertMatrix(new double[,] { { 0, 0 }, { 0, 0 } }, Op.StopGradient(x).Entry!.LocalJacobian(0));
        AssertMatrix(new double[,] { { 0, 0 }, { 0, 0 } }, Op.Greater(x, Tensor.From([1.0, 4])).Entry!.LocalJacobian(1));
        AssertMatrix(new double[,] { { 2, 0 }, { 0, 3 } }, (x * Tensor.From([5.0, 7])).Entry!.LocalJacobian(1));
    }

    // d√x/dx = 1/(2√x) is infinite at 0, and there only.
    [Fact]
    public void An_infinite_derivative_stays_on_the_diagonal()
    {
        using Tape tape = new();

        Entry entry = Op.Sqrt(tape.Watch(Tensor.From([0.0, 4]))).Entry!;

        AssertMatrix(new double[,] { { double.PositiveInfinity, 0 }, { 0, 0.25 } }, entry.LocalJacobian(0));
    }

    // With one entry between x and y, its matrix is the whole Jacobian: every case of the catalogue that is one entry, against gradient rows.
    [Fact]
    public void The_matrix_of_a_single_entry_is_the_tapes_Jacobian()
    {
        foreach (Recorded recorded in Recorded.All)
        {
            using Tape tape = new();
            Variable[] operands = [.. recorded.Operands.Select(operand => operand.DType.IsFloat() ? tape.Watch(operand) : tape.Constant(operand))];
            Variable y = Op.Apply(recorded.Rule, operands);
            for (int k = 0; k < operands.Length; k++)
            {
                if (!operands[k].IsTracked) continue;
                double[] matrix = y.Entry!.LocalJacobian(k).ToDoubles();
                for (int row = 0; row < y.Shape.ElementCount; row++)
                {
                    double[] oneHot = new double[y.Shape.ElementCount];
                    oneHot[row] = 1;
                    double[] expected = tape.Gradient(y, operands[k], Tensor.From(oneHot, y.Shape)).Value.ToDoubles();
                    Assert.Equal(expected, matrix[(row * expected.Length)..((row + 1) * expected.Length)]);
                }
            }
        }
    }

    [Fact]
    public void Nothing_is_recorded_and_the_matrix_outlives_the_tape()
    {
        Tensor matrix;
        using (Tape tape = new())
        {
            Variable y = Op.Exp(tape.Watch(Tensor.From([0f, 0])));
            matrix = y.Entry!.LocalJacobian(0);
            Assert.Single(tape.Entries);
        }

        Assert.Equal([1f, 0, 0, 1], matrix.ToArray<float>());
    }

    [Fact]
    public void An_operand_that_is_not_there_is_refused()
    {
        using Tape tape = new();
        Entry entry = Op.Exp(tape.Watch(Tensor.Scalar(1))).Entry!;

        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => entry.LocalJacobian(1));

        Assert.StartsWith("entry 0 (Exp): expected an operand from 0 to 0, got 1.", error.Message, StringComparison.Ordinal);
    }

    private static void AssertMatrix(double[,] expected, Tensor actual)
    {
        Assert.Equal([expected.GetLength(0), expected.GetLength(1)], actual.Shape);
        Assert.Equal(expected.Cast<double>(), actual.ToDoubles());
    }
}
