namespace Tapestry.Tensors.Tests;

public class TensorPrintTests
{
    [Fact]
    public Task Tensors_print_as_NumPy_users_expect() => Verifier.Verify(string.Join("\n\n", All().Select(tensor => tensor.ToString())));

    [Fact]
    public void Printing_does_not_depend_on_the_culture()
    {
        string[] expected = [.. All().Select(tensor => tensor.ToString())];

        Assert.Equal(expected, Culture.Foreign(() => All().Select(tensor => tensor.ToString()).ToArray()));
    }

    [Fact]
    public void A_released_tensor_prints_without_its_elements()
    {
        Tensor tensor = Tensor.Uninitialized([2, 3], DType.F32);

        tensor.Buffer.Release();

        Assert.Equal("F32[2, 3] (its tape has been disposed)", tensor.ToString());
    }

    private static IEnumerable<Tensor> All() =>
    [
        Tensor.Scalar(3),
        Tensor.Scalar(-2.5, DType.F64),
        Tensor.Scalar(7, DType.I32),
        Tensor.From([1f, 2, 3]),
        Tensor.From([1f, -2.5f, 30.25f]),
        Tensor.From([0.1, 0.2, 1.0 / 3]),
        Tensor.From([1e-8, 1.0]),
        Tensor.From([1e20f, -1.5f]),
        Tensor.From([123456.789, 0.5]),
        Tensor.From([-0.0, 0.0]),
        Tensor.From([float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1.5f]),
        Tensor.From([float.NaN, float.NaN]),
        Tensor.From([1, -20, 300]),
        Tensor.From([(byte)0, (byte)128, (byte)255], [3, 1]),
        Tensor.From(new[,] { { 1.5, -2 }, { 3, 400 } }),
        Tensor.From(new[,] { { 1f, -2 }, { 3, 400 } }),
        Samples.Counting([2, 2, 3], DType.I32),
        Samples.Counting([2, 1, 2, 2], DType.F32),
        Tensor.Zeros([0]),
        Tensor.Zeros([2, 0], DType.I32),
        Tensor.Zeros([0, 65536, 65536], DType.U8),
        Samples.Counting([1001], DType.I32),
        Samples.Counting([40, 30], DType.F32),
        Samples.Counting([8, 2, 100], DType.I32),
        Samples.Counting([1000], DType.U8).Rows(250, 10),
    ];
}
