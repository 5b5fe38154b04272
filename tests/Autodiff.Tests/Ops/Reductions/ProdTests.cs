using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class ProdTests
{
    // d(abc)/da = bc: of [2, 3, 4] 12, 8, 6. A zero leaves its own derivative alone, two leave none.
    [Theory]
    [InlineData(new[] { 2.0, 3, 4 }, 24, new[] { 12.0, 8, 6 })]
    [InlineData(new[] { 2.0, 0, 4 }, 0, new[] { 0.0, 8, 0 })]
    [InlineData(new[] { 0.0, 0, 4 }, 0, new[] { 0.0, 0, 0 })]
    [InlineData(new[] { 7.0 }, 7, new[] { 1.0 })]
    [InlineData(new double[0], 1, new double[0])]
    public void The_gradient_is_the_product_of_the_others(double[] values, double expected, double[] gradient)
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From(values)), y = Op.Prod(x);

        Assert.Equal(expected, y.Value.ToScalar());
        Assert.Equal(gradient, tape.Gradient(y, x).Value.ToDoubles());
    }

    // d²(abc)/da db = c, and 0 on the diagonal. With a = b = 0 and c = 4 the gradient is 0 all over and this is all that is left.
    [Fact]
    public void The_second_derivative_is_the_product_of_the_rest_with_any_number_of_zeros()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([0.0, 0, 4]));

        Variable gradient = tape.Gradient(Op.Prod(x), x, record: true);

        Assert.Equal([0.0, 4, 0], tape.Gradient(gradient, x, Tensor.From([1.0, 0, 0])).Value.ToDoubles());
        Assert.Equal([4.0, 0, 0], tape.Gradient(gradient, x, Tensor.From([0.0, 1, 0])).Value.ToDoubles());
        Assert.Equal([0.0, 0, 0], tape.Gradient(gradient, x, Tensor.From([0.0, 0, 1])).Value.ToDoubles());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Zeros_pass_the_gradient_check_at_every_order(int order)
    {
        Tensor x = Tensor.From(new[,] { { 0.5, 0, -1.5, 2 }, { 0, 1.5, 0, -0.5 }, { 0, 0, 0, 1 }, { 0, 0, 0, 0 }, { 1, 2, 0.5, -1 } });

        GradientCheck.Run(xs => Op.Prod(xs[0], 1), [x], order).ThrowIfFailed();
        GradientCheck.Run(xs => Op.Prod(xs[0], 0, keepDimensions: true), [x], order).ThrowIfFailed();
    }

    [Fact]
    public void Any_number_of_factors_along_any_axes()
    {
        for (int n = 1; n <= 9; n++)
        {
            using Tape tape = new();
            // 1 to 3 over and over: small enough that products are exact.
            Tensor values = Tensor.From([.. Enumerable.Range(0, 4 * n).Select(i => 1.0 + (i % 3))], [2, n, 2]);
            Variable x = tape.Watch(values);

            double[] gradient = tape.Gradient(Op.Sum(Op.Prod(x, 1)), x).Value.ToDoubles(), outer = tape.Gradient(Op.Sum(Op.Prod(x, [0, -1])), x).Value.ToDoubles();

            for (int i = 0; i < gradient.Length; i++)
            {
                (int a, int b, int c) = (i / 2 / n, i / 2 % n, i % 2);
                Assert.Equal(Enumerable.Range(0, n).Where(other => other != b).Aggregate(1.0, (product, other) => product * values[a, other, c]), gradient[i]);
                Assert.Equal(values[1 - a, b, c] * values[a, b, 1 - c] * values[1 - a, b, 1 - c], outer[i]);
            }
        }
    }

    [Fact]
    public void Empty_axes_give_ones_and_empty_gradients()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Zeros([2, 0], DType.F64));

        Assert.Equal([1.0, 1], Op.Prod(x, 1).Value.ToDoubles());
        Assert.Equal([2, 0], tape.Gradient(Op.Sum(Op.Prod(x, 1)), x).Shape);
        Assert.Equal([2, 0], tape.Gradient(Op.Sum(Op.Prod(x, 0)), x).Shape);
    }
}
