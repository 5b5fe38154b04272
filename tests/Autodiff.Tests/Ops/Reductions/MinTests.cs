using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class MinTests
{
    [Fact]
    public void The_gradient_goes_to_the_smallest()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From(new double[,] { { 1, 5, 2 }, { 7, 0, 3 } }));

        Assert.Equal([1.0, 0], Op.Min(x, -1).Value.ToDoubles());
        Assert.Equal([1.0, 0, 0, 0, 1, 0], tape.Gradient(Op.Sum(Op.Min(x, -1)), x).Value.ToDoubles());
        Assert.Equal([0.0, 0, 0, 0, 1, 0], tape.Gradient(Op.Min(x), x).Value.ToDoubles());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Equals_share_it_evenly_in_both_modes(bool keepDimensions)
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From(new double[,] { { 1, 1, 4 }, { 2, 2, 2 } }));

        Variable y = Op.Min(x, 1, keepDimensions);
        Variable gradient = tape.Gradient(y, x, Tensor.From([6.0, 9]).Reshape(y.Shape));
        Variable tangent = tape.Jvp(y, [x], [Tensor.From(new double[,] { { 1, 3, 100 }, { 3, 6, 9 } })]);

        Assert.Equal([3.0, 3, 0, 3, 3, 3], gradient.Value.ToDoubles());
        // (1 + 3)/2 and (3 + 6 + 9)/3.
        Assert.Equal([2.0, 6], tangent.Value.ToDoubles());
        Assert.Equal(y.Shape, tangent.Shape);
    }

    [Fact]
    public void Nothing_has_no_smallest() => Assert.Throws<ArgumentException>(() => Op.Min(Tensor.Zeros([2, 0]), 1));
}
