using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class MatMulTests
{
    // For the sum of all elements of A·B: row i of Ā is the row sums of B, column j of B̄ the column sums of A.
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Gradients_by_hand_for_every_transposition(bool transposeA, bool transposeB)
    {
        // A = [[1, 2, 3], [4, 5, 6]], B = [[1, 10], [2, 20], [3, 30]]
        Tensor a = Tensor.From(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } }), b = Tensor.From(new double[,] { { 1, 10 }, { 2, 20 }, { 3, 30 } });
        using Tape tape = new();
        Variable left = tape.Watch(transposeA ? Indexing.Permute(a, [1, 0]) : a), right = tape.Watch(transposeB ? Indexing.Permute(b, [1, 0]) : b);

        Variable y = Op.MatMul(left, right, transposeA, transposeB);
        Variable[] gradients = tape.Gradient(Op.Sum(y), [left, right]);

        // 1 + 4 + 9 = 14, ten times that; 4 + 10 + 18 = 32.
        Assert.Equal([14.0, 140, 32, 320], y.Value.ToDoubles());
        Assert.Equal([11.0, 22, 33, 11, 22, 33], Straight(gradients[0], transposeA));
        Assert.Equal([5.0, 5, 7, 7, 9, 9], Straight(gradients[1], transposeB));
    }

    [Fact]
    public void A_depth_of_0_has_gradients_of_its_operands_shapes()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Zeros([2, 0])), b = tape.Watch(Tensor.Zeros([0, 3]));

        Variable[] gradients = tape.Gradient(Op.Sum(Op.MatMul(a, b)), [a, b]);

        Assert.Equal([2, 0], gradients[0].Shape);
        Assert.Equal([0, 3], gradients[1].Shape);
    }

    [Fact]
    public void A_batch_of_0_has_a_weight_gradient_of_zeros()
    {
        using Tape tape = new();
        Variable kernel = tape.Watch(Tensor.Ones([2, 3]));

        Assert.Equal(new float[6], tape.Gradient(Op.Sum(Op.MatMul(Tensor.Zeros([0, 2]), kernel)), kernel).Value.ToArray<float>());
    }

    private static double[] Straight(Variable x, bool transposed) => (transposed ? Op.Permute(x, [1, 0]) : x).Value.ToDoubles();
}
