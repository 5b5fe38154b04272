using System.Text;
using MathNet.Numerics.LinearAlgebra;

namespace Tapestry.Tensors.Tests;

/// <summary>The text of every error that users of tensors can meet, in one snapshot.</summary>
public class ErrorTests
{
    private static readonly (string Cause, Action Act)[] Errors =
    [
        ("Shape.Of(2, -3)", () => Shape.Of(2, -3)),
        ("Shape.Of(65536, 65536)", () => Shape.Of(65536, 65536)),
        ("Shape.Broadcast([2, 3], [2])", () => Shape.Broadcast([2, 3], [2])),
        ("Shape.Infer([5, -1], 12)", () => Shape.Infer([5, -1], 12)),
        ("Shape.Infer([-1, -1], 12)", () => Shape.Infer([-1, -1], 12)),
        ("axes [0, 3] of rank 2", () => Axes.Of(0, 3).Resolve(2)),
        ("axes -1 of rank 0", () => Axes.FromInt32(-1).Resolve(0)),
        ("axes [1, -1] of rank 2", () => Axes.Of(1, -1).Resolve(2)),
        ("Tensor.Zeros of 2 GiB of F64", () => Tensor.Zeros([1 << 28], DType.F64)),
        ("Tensor.From of too few values", () => Tensor.From([1f, 2], [3])),
        ("Tensor.From of longs", () => Tensor.From([1L])),
        ("AsSpan<int>() of F32", () => Tensor.Zeros([2]).AsSpan<int>()),
        ("tensor[1] of rank 2", () => _ = Tensor.Zeros([2, 3])[1]),
        ("tensor[0, -4]", () => _ = Tensor.Zeros([2, 3])[0, -4]),
        ("ToScalar of two elements", () => Tensor.Zeros([2]).ToScalar()),
        ("Reshape(4, -1) of 6 elements", () => Tensor.Zeros([6]).Reshape(4, -1)),
        ("Rows(-1, 2)", () => Tensor.Zeros([4, 2]).Rows(-1, 2)),
        ("CopyFrom of another type", () => Tensor.Zeros([2]).CopyFrom(Tensor.Zeros([2], DType.U8))),
        ("a released tensor", Released),
        ("F32 + F64", () => _ = Tensor.Zeros([2]) + Tensor.Zeros([3], DType.F64)),
        ("U8 - U8", () => _ = Tensor.Zeros([2], DType.U8) - Tensor.Zeros([2], DType.U8)),
        ("[2, 3] * [2]", () => _ = Tensor.Zeros([2, 3]) * Tensor.Zeros([2])),
        ("Map of I32", () => Elementwise.Map<Log1pKernel>(Tensor.Zeros([2], DType.I32))),
        ("Zip<Greater> of I32", () => Elementwise.Zip<VectorKernel<GreaterFunction>>(Tensor.Zeros([2], DType.I32), Tensor.Zeros([2], DType.I32))),
        ("Select of another shape", () => Elementwise.Select(Tensor.Zeros([2]), Tensor.Zeros([3]), Tensor.Zeros([3]))),
        ("Sum of U8", () => Reduce.Sum(Tensor.Zeros([2], DType.U8))),
        ("Sum over axis 2 of [2, 3]", () => Reduce.Sum(Tensor.Zeros([2, 3]), 2)),
        ("Max over nothing", () => Reduce.Max(Tensor.Zeros([0, 3]), 0)),
        ("ArgMax over nothing", () => Reduce.ArgMax(Tensor.Zeros([3, 0]))),
        ("ArgMax of I32", () => Reduce.ArgMax(Tensor.Zeros([3], DType.I32))),
        ("MatMul of a vector", () => MatrixProduct.Multiply(Tensor.Zeros([3]), Tensor.Zeros([3, 2]))),
        ("MatMul [2, 3] with [2, 3] transposed on the left", () => MatrixProduct.Multiply(Tensor.Zeros([2, 3]), Tensor.Zeros([3, 3]), transposeA: true)),
        ("MatMul of I32", () => MatrixProduct.Multiply(Tensor.Zeros([2, 2], DType.I32), Tensor.Zeros([2, 2], DType.I32))),
        ("Permute by [0]", () => Indexing.Permute(Tensor.Zeros([2, 3]), [0])),
        ("Permute by [0, 0]", () => Indexing.Permute(Tensor.Zeros([2, 3]), [0, 0])),
        ("BroadcastTo a smaller shape", () => Indexing.BroadcastTo(Tensor.Zeros([2, 3]), [3])),
        ("AxisRange with a step of 0", () => _ = new AxisRange(step: 0)),
        ("Slice by more ranges than axes", () => Indexing.Slice(Tensor.Zeros([2]), .., ..)),
        ("Pad with too few paddings", () => Indexing.Pad(Tensor.Zeros([2, 3]), [new(1, 1)])),
        ("Pad by less than nothing", () => Indexing.Pad(Tensor.Zeros([2]), [new(1, -1)])),
        ("Pad beyond all arrays", () => Indexing.Pad(Tensor.Zeros([2]), [new(0, 0, int.MaxValue)])),
        ("Concatenate of nothing", () => Indexing.Concatenate([], 0)),
        ("Concatenate of other sizes", () => Indexing.Concatenate([Tensor.Zeros([2, 3]), Tensor.Zeros([2, 2])], 0)),
        ("Concatenate of two types", () => Indexing.Concatenate([Tensor.Zeros([2]), Tensor.Zeros([2], DType.I32)], 0)),
        ("Gather of index -4 from 3", () => Indexing.Gather(Tensor.Zeros([3, 2]), Tensor.From([0, -4]), 0)),
        ("Gather by F32", () => Indexing.Gather(Tensor.Zeros([3, 2]), Tensor.Zeros([2]), 0)),
        ("Scatter of another shape", () => Scatter.Add(Tensor.Zeros([2, 2]), Tensor.From([0, 1, 2]), [3, 2], 0)),
        ("Scatter of I32", () => Scatter.Add(Tensor.Zeros([2], DType.I32), Tensor.From([0, 1]), [3], 0)),
        ("Scan of I32", () => Scan.Sum(Tensor.Zeros([2], DType.I32), 0)),
        ("Min over nothing", () => Reduce.Min(Tensor.Zeros([0, 3]), 0)),
        ("Prod of U8", () => Reduce.Prod(Tensor.Zeros([2], DType.U8))),
        ("batched MatMul of a vector", () => BatchedProduct.Multiply(Tensor.Zeros([3]), Tensor.Zeros([2, 3, 1]))),
        ("batched MatMul of other depths", () => BatchedProduct.Multiply(Tensor.Zeros([5, 2, 3]), Tensor.Zeros([5, 3, 2]), transposeB: true)),
        ("GatherRows of row -1", () => Indexing.GatherRows(Tensor.Zeros([4, 2]), [0, -1])),
        ("GatherRows of a scalar", () => Indexing.GatherRows(Tensor.Scalar(1), [0])),
        ("OneHot of F32", () => Indexing.OneHot(Tensor.Zeros([2]), 3)),
        ("OneHot of -1", () => Indexing.OneHot(Tensor.From([2, -1]), 3)),
        ("ToMatrix of a vector", () => Tensor.Zeros([2]).ToMatrix<float>()),
        ("ToVector of a matrix", () => Tensor.Zeros([2, 2]).ToVector<float>()),
        ("ToTensor of complex numbers", () => Vector<System.Numerics.Complex>.Build.Dense(2).ToTensor()),
    ];

    [Fact]
    public Task Texts_say_what_was_expected_and_what_came() => Verifier.Verify(Collect());

    [Fact]
    public void Texts_do_not_depend_on_the_culture()
    {
        string expected = Collect();

        Assert.Equal(expected, Culture.Foreign(Collect));
    }

    private static string Collect()
    {
        StringBuilder text = new();
        foreach ((string cause, Action act) in Errors)
        {
            Exception? error = Record.Exception(act);
            text.Append(cause).Append("\n    ").Append(error is null ? "nothing was thrown" : $"{error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")}").Append("\n\n");
        }

        return text.ToString();
    }

    private static void Released()
    {
        Tensor tensor = Tensor.Uninitialized([2], DType.F32);
        tensor.Buffer.Release();
        tensor.AsSpan<float>();
    }
}
