using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class CumulativeSumTests
{
    // Weights 1, 10, 100 on the sums tell which sums an element took part in.
    [Theory]
    [InlineData(false, false, new[] { 1.0, 3, 7 }, new[] { 111.0, 110, 100 })]
    [InlineData(true, false, new[] { 0.0, 1, 3 }, new[] { 110.0, 100, 0 })]
    [InlineData(false, true, new[] { 7.0, 6, 4 }, new[] { 1.0, 11, 111 })]
    [InlineData(true, true, new[] { 6.0, 4, 0 }, new[] { 0.0, 1, 11 })]
    public void Values_and_gradients_by_hand(bool exclusive, bool reverse, double[] expected, double[] gradient)
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 4])), y = Op.CumulativeSum(x, 0, exclusive, reverse);

        Assert.Equal(expected, y.Value.ToDoubles());
        Assert.Equal(gradient, tape.Gradient(y, x, Tensor.From([1.0, 10, 100])).Value.ToDoubles());
    }

    [Fact]
    public void Empty_axes_stay_empty()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.Zeros([2, 0, 3])), y = Op.CumulativeSum(x, 1);

        Assert.Equal([2, 0, 3], y.Shape);
        Assert.Equal([2, 0, 3], tape.Gradient(Op.Sum(y), x).Shape);
    }
}
