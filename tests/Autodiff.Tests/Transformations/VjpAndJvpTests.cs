using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests.Transformations;

/// <summary>The two products of the Jacobian. The numbers of batch normalization are G6 of batchnorm.md, section 1.7: x = [1, 2, 3, 4].</summary>
public class VjpAndJvpTests
{
    // f = [x0·x1, x0 + x1] at (3, 5): J = [[5, 3], [1, 1]]. uᵀJ for u = (1, 10): [15, 13]. Jv for v = (1, 2): [11, 3].
    [Fact]
    public void Both_products_of_a_Jacobian_that_is_written_out()
    {
        (Tensor value, Tensor[] products) = Derivatives.Vjp(F, Point, Tensor.From([1.0, 10]));
        Assert.Equal([15.0, 8], value.ToDoubles());
        Assert.Equal([15.0, 13], products.Select(product => product.ToScalar()));

        (value, Tensor moved) = Derivatives.Jvp(F, Point, [Tensor.Scalar(1, DType.F64), Tensor.Scalar(2, DType.F64)]);
        Assert.Equal([15.0, 8], value.ToDoubles());
        Assert.Equal([11.0, 3], moved.ToDoubles());
    }

    [Fact]
    public void The_gradients_of_batch_normalization_match_G6()
    {
        (_, Tensor[] products) = Derivatives.Vjp(
            x => (x[1] * Normalize(x[0])) + x[2], [Batch, Tensor.From([2.0]), Tensor.From([0.5])], Tensor.From([1.0, 2, 0, -1], [4, 1]));

        Expect.Near([-1.249982247, 1.967524943, -.179385674, -.538157022], products[0]);
        Expect.Near([-3.576278539], products[1]);
        Expect.Near([2], products[2]);
    }

    // The first row of the Jacobian, times the first axis, is its corner, and the whole is symmetric: x̂'s Jacobian is its own transpose.
    [Fact]
    public void Forward_mode_agrees_with_G6()
    {
        (_, Tensor column) = Derivatives.Jvp(Normalize, Batch, Tensor.From([1.0, 0, 0, 0], [4, 1]));

        Expect.Near([.268542498, -.357520651, -.089514166, .178492319], column);
    }

    [Fact]
    public void Results_have_their_shapes_and_outlive_the_tape()
    {
        (Tensor value, Tensor product) = Derivatives.Vjp(x => Op.Sum(x, 0), Tensor.Ones([2, 3]), Tensor.From([1f, 2, 3]));

        Assert.Equal([3], value.Shape);
        Assert.Equal([2, 3], product.Shape);
        Assert.Equal([1f, 2, 3, 1, 2, 3], product.ToArray<float>());
    }

    private static IReadOnlyList<Tensor> Point => [Tensor.Scalar(3, DType.F64), Tensor.Scalar(5, DType.F64)];

    private static Tensor Batch => Tensor.From([1.0, 2, 3, 4], [4, 1]);

    private static Variable F(IReadOnlyList<Variable> x) =>
        ((x[0] * x[1]) * Tensor.From([1.0, 0])) + ((x[0] + x[1]) * Tensor.From([0.0, 1]));

    private static Variable Normalize(Variable x)
    {
        Variable centred = x - Op.Mean(x, 0, keepDimensions: true);
        return centred / Op.Sqrt(Op.Mean(Op.Square(centred), 0, keepDimensions: true) + 1e-3);
    }
}
