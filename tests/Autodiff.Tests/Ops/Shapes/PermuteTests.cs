using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class PermuteTests
{
    // A cyclic order is not its own inverse: going back by the same order would put elements elsewhere.
    [Theory]
    [InlineData(1, 2, 0)]
    [InlineData(2, 0, 1)]
    [InlineData(-1, 0, -2)]
    [InlineData(0, -1, 1)]
    public void The_gradient_is_permuted_back(params int[] order)
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Zeros([2, 3, 4], DType.F64)), y = Op.Permute(x, Axes.Of(order));
        Tensor weights = Tensor.From([.. Enumerable.Range(0, 24).Select(i => (double)i)], y.Shape);

        Variable gradient = tape.Gradient(y, x, weights);

        Assert.Equal(x.Shape, gradient.Shape);
        Assert.Equal(weights.ToDoubles(), Op.Permute(gradient, Axes.Of(order)).Value.ToDoubles());
    }

    [Fact]
    public void A_scalar_has_no_axes_to_permute()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Scalar(3, DType.F64));

        Assert.Equal(1, tape.Gradient(Op.Permute(x, []), x).Value.ToScalar());
    }
}
