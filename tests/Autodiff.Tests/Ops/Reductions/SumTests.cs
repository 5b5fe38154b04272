using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class SumTests
{
    [Theory]
    [InlineData(new int[] { }, false)]
    [InlineData(new int[] { 0 }, false)]
    [InlineData(new int[] { -1 }, true)]
    [InlineData(new int[] { 2, 0 }, false)]
    [InlineData(new int[] { 0, 1, 2 }, true)]
    public void The_adjoint_is_repeated_along_what_was_summed(int[] axes, bool keepDimensions)
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Zeros([2, 3, 2], DType.F64));
        Variable y = Op.Sum(x, Axes.Of(axes), keepDimensions);
        Tensor weights = Tensor.From([.. Enumerable.Range(1, y.Shape.ElementCount).Select(i => (double)i)], y.Shape);

        Variable gradient = tape.Gradient(y, x, weights);

        // By the definition: each element of x went into one element of y.
        Tensor kept = weights.Reshape(Op.Sum(x, Axes.Of(axes), keepDimensions: true).Shape);
        for (int i = 0; i < 12; i++)
        {
            int[] index = [i / 6, i / 2 % 3, i % 2];
            foreach (int axis in Axes.Of(axes).Resolve(3)) index[axis] = 0;
            Assert.Equal(kept[index], gradient.Value.ToDoubles()[i]);
        }
    }

    [Fact]
    public void A_sum_over_nothing_has_an_empty_gradient()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Zeros([2, 0], DType.F64));

        Assert.Equal([2, 0], tape.Gradient(Op.Sum(x), x).Shape);
        Assert.Equal([0.0, 0], Op.Sum(x, 1).Value.ToDoubles());
    }
}
