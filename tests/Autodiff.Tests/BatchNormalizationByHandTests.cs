using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

/// <summary>
/// Batch normalization written in operations, whose backward pass then comes for free. The numbers are those of batchnorm.md, section 1.7, computed independently:
/// x = [1, 2, 3, 4], mean 2.5, biased variance 1.25.
/// </summary>
public class BatchNormalizationByHandTests
{
    // G6. With x̂ = (x - 2.5)/√(1.25 + ε) and no scale, dx = (dy - mean(dy) - x̂·mean(dy·x̂))/√(1.25 + ε).
    [Theory]
    [InlineData(0, new[] { .268328157, -.357770876, -.089442719, .178885438 })]
    [InlineData(1e-3, new[] { .268542498, -.357520651, -.089514166, .178492319 })]
    public void The_gradient_for_one_output_matches_G6(double epsilon, double[] expected)
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3, 4], [4, 1]));

        double[] gradient = tape.Gradient(Normalize(x, epsilon), x, Tensor.From([1.0, 0, 0, 0], [4, 1])).Value.ToDoubles();

        AssertClose(expected, gradient);
        Assert.Equal(0, gradient.Sum(), 1e-14);
    }

    // G6, second half: y = γx̂ + β with γ = 2, β = 0.5, dy = [1, 2, 0, -1], ε = 1e-3.
    [Fact]
    public void The_gradients_of_scale_and_offset_match_G6()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3, 4], [4, 1])), gamma = tape.Watch(Tensor.From([2.0])), beta = tape.Watch(Tensor.From([0.5]));

        Variable[] gradients = tape.Gradient((gamma * Normalize(x, 1e-3)) + beta, [x, gamma, beta], Tensor.From([1.0, 2, 0, -1], [4, 1]));

        AssertClose([-1.249982247, 1.967524943, -.179385674, -.538157022], gradients[0].Value.ToDoubles());
        AssertClose([-3.576278539], gradients[1].Value.ToDoubles());
        AssertClose([2], gradients[2].Value.ToDoubles());
    }

    [Fact]
    public void Equal_weights_for_all_outputs_give_a_gradient_of_zero()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3, 4], [4, 1]));

        AssertClose(new double[4], tape.Gradient(Normalize(x, 1e-3), x, Tensor.Full([4, 1], 3, DType.F64)).Value.ToDoubles());
    }

    // G7. Leaving the mean inside the variance out of the derivative keeps the gradient right and makes H[0, 0] .308496674.
    [Fact]
    public void The_Hessian_of_the_first_output_matches_G7()
    {
        double[,] expected =
        {
            { .241495052, -.187508134, -.080498351, .026511433 },
            { -.187508134, .116168279, -.026832784, .098172639 },
            { -.080498351, -.026832784, .205503774, -.098172639 },
            { .026511433, .098172639, -.098172639, -.026511433 },
        };
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3, 4], [4, 1]));
        Variable gradient = tape.Gradient(Normalize(x, 1e-3), x, OneHot(0), record: true);

        for (int row = 0; row < 4; row++)
        {
            double[] hessianRow = tape.Gradient(gradient, x, OneHot(row)).Value.ToDoubles();
            AssertClose([expected[row, 0], expected[row, 1], expected[row, 2], expected[row, 3]], hessianRow);
            Assert.Equal(0, hessianRow.Sum(), 1e-14);
            // Forward over reverse gives the same column.
            AssertClose(hessianRow, tape.Jvp(gradient, [x], [OneHot(row)]).Value.ToDoubles());
        }
    }

    private static Tensor OneHot(int i) => Indexing.OneHot(Tensor.Scalar(i, DType.I32), 4, DType.F64).Reshape(4, 1);

    private static Variable Normalize(Variable x, double epsilon)
    {
        Variable centred = x - Op.Mean(x, 0, keepDimensions: true);
        return centred / Op.Sqrt(Op.Mean(Op.Square(centred), 0, keepDimensions: true) + epsilon);
    }

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-9);
    }
}
