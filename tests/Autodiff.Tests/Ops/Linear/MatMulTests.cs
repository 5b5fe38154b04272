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

    // Two matrices [1, 2] and [3, 4] (1 by 2 each) times two columns: 1 + 20 and 3 + 40, 100 + 2000 and 300 + 4000 by the rule of broadcasting.
    [Fact]
    public void Batches_broadcast_and_gradients_add_up_over_the_repetitions()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.From([1.0, 2, 3, 4], [2, 1, 2])), b = tape.Watch(Tensor.From([1.0, 10, 100, 1000], [2, 1, 2, 1]));

        Variable y = Op.MatMul(a, b);
        Variable[] gradients = tape.Gradient(Op.Sum(y), [a, b]);

        Assert.Equal([2, 2, 1, 1], y.Shape);
        Assert.Equal([21.0, 43, 2100, 4300], y.Value.ToDoubles());
        // Each row of a met both columns: 1 + 100 and 10 + 1000. Each column met both rows: 1 + 3 and 2 + 4.
        Assert.Equal([101.0, 1010, 101, 1010], gradients[0].Value.ToDoubles());
        Assert.Equal([4.0, 6, 4, 6], gradients[1].Value.ToDoubles());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_batch_times_one_matrix_is_one_product_and_so_is_its_gradient(bool transposeB)
    {
        using Tape tape = new();
        Tensor kernel = Tensor.From([.. Enumerable.Range(0, 12).Select(i => i - 5.0)], transposeB ? [4, 3] : [3, 4]);
        Variable x = tape.Watch(Tensor.From([.. Enumerable.Range(0, 30).Select(i => i % 7.0)], [5, 2, 3])), w = tape.Watch(kernel), each = tape.Watch(kernel.Reshape(1, kernel.Shape[0], kernel.Shape[1]));

        Variable y = Op.MatMul(x, w, transposeB: transposeB), batched = Op.MatMul(x, each, transposeB: transposeB);
        Variable weights = Tensor.From([.. Enumerable.Range(0, 40).Select(i => i % 5.0)], [5, 2, 4]);

        Assert.Equal(batched.Value.ToDoubles(), y.Value.ToDoubles());
        Assert.Equal(tape.Gradient(batched, each, weights).Value.ToDoubles(), tape.Gradient(y, w, weights).Value.ToDoubles());
        Assert.Equal(tape.Gradient(batched, x, weights).Value.ToDoubles(), tape.Gradient(y, x, weights).Value.ToDoubles());
        Assert.Equal([10, 3], tape.Entries[1].Operands[0].Shape);
        Assert.Equal(nameof(Op.MatMul), tape.Entries[1].Rule.Name);
    }

    [Fact]
    public void An_empty_batch_has_gradients_of_its_operands_shapes()
    {
        using Tape tape = new();
        Variable a = tape.Watch(Tensor.Zeros([0, 2, 3])), b = tape.Watch(Tensor.Zeros([1, 3, 2])), kernel = tape.Watch(Tensor.Ones([3, 4]));

        Variable[] gradients = tape.Gradient(Op.Sum(Op.MatMul(a, b)), [a, b]);

        Assert.Equal([0, 2, 3], gradients[0].Shape);
        Assert.Equal(new float[6], gradients[1].Value.ToArray<float>());
        Assert.Equal([0, 2, 4], Op.MatMul(a, kernel).Shape);
        Assert.Equal(new float[12], tape.Gradient(Op.Sum(Op.MatMul(a, kernel)), kernel).Value.ToArray<float>());
    }

    private static double[] Straight(Variable x, bool transposed) => (transposed ? Op.Permute(x, [1, 0]) : x).Value.ToDoubles();
}
