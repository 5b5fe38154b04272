using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class SplitTests
{
    [Fact]
    public void Equal_parts_by_their_number()
    {
        IReadOnlyList<Variable> parts = Op.Split(Tensor.From([1.0, 2, 3, 4], [2, 2]), 2, -1);

        Assert.Equal([[1.0, 3], [2.0, 4]], parts.Select(part => part.Value.ToDoubles()));
        Assert.All(parts, part => Assert.Equal([2, 1], part.Shape));
    }

    // Weights 1, 2, 3 on the parts come back at the parts' places, and none for the part that is not used.
    [Fact]
    public void Parts_by_their_sizes_with_gradients_at_their_places()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 2, 3, 4, 5]));

        IReadOnlyList<Variable> parts = Op.Split(x, [2, 0, 1, 2], 0);

        Assert.Equal([[1.0, 2], [], [3.0], [4.0, 5]], parts.Select(part => part.Value.ToDoubles()));
        Assert.Equal([1.0, 1, 0, 3, 3], tape.Gradient(Op.Sum(parts[0]) + (Op.Sum(parts[3]) * 3), x).Value.ToDoubles());
    }

    [Fact]
    public void Joining_the_parts_gives_the_whole()
    {
        Tensor x = Tensor.From([1.0, 2, 3, 4, 5, 6], [2, 3]);

        Assert.Equal(x.ToDoubles(), Op.Concatenate(Op.Split(x, [1, 2], 1), 1).Value.ToDoubles());
        Assert.Empty(Op.Split(Tensor.Zeros([0, 2]), [], 0));
    }

    [Fact]
    public void What_does_not_add_up_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Op.Split(Tensor.Zeros([5]), 2, 0));
        Assert.Throws<ArgumentException>(() => Op.Split(Tensor.Zeros([5]), 0, 0));
        Assert.Throws<ArgumentException>(() => Op.Split(Tensor.Zeros([5]), [2, 2], 0));
        Assert.Throws<ArgumentException>(() => Op.Split(Tensor.Zeros([5]), [6, -1], 0));
        Assert.Throws<ArgumentException>(() => Op.Split(Tensor.Scalar(1), 1, 0));
    }
}
