using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class VariableTests
{
    // x = 4: x + 1, 1 + x, x - 1, 1 - x, -x, 3x, x·3, x/2, 2/x.
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Operators_take_numbers_on_either_side_in_the_variables_type(DType dtype)
    {
        Variable x = Tensor.Scalar(4, dtype);

        Variable[] results = [x + 1, 1 + x, x - 1, 1 - x, -x, 3 * x, x * 3, x / 2, 2 / x];

        Assert.Equal([5.0, 5, 3, -3, -4, 12, 12, 2, 0.5], results.Select(y => y.Value.ToScalar()));
        Assert.All(results, y => Assert.Equal(dtype, y.DType));
    }

    [Fact]
    public void Reshape_infers_a_size()
    {
        Variable x = Tensor.Zeros([2, 6]);

        Assert.Equal([3, 4], x.Reshape(3, -1).Shape);
        Assert.Throws<ArgumentException>(() => x.Reshape(5, -1));
    }

    [Fact]
    public void A_reshape_to_the_shape_it_has_is_the_variable_itself()
    {
        Variable x = Tensor.Zeros([2, 6]);

        Assert.Same(x, Op.Reshape(x, [2, 6]));
    }

    [Fact]
    public void No_tensor_is_no_variable() => Assert.Throws<ArgumentNullException>(() => (Variable)(Tensor)null!);

    [Fact]
    public void Detach_copies()
    {
        Tensor tensor = Tensor.From([1f, 2]);
        Variable x = tensor;

        Tensor copy = x.Detach();
        tensor.AsSpan<float>()[0] = 9;

        Assert.Equal([1f, 2], copy.ToArray<float>());
        Assert.Equal("F32[2] [9., 2.]", x.ToString());
    }
}
