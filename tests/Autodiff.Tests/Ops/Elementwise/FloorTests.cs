using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class FloorTests
{
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Values_go_down_on_both_sides_of_0(DType dtype) => Assert.Equal(
        [1, 2, -2, -2, 0, -1, double.PositiveInfinity, double.NegativeInfinity, double.NaN],
        Op.Floor(Tensor.From([1.75, 2, -1.25, -2, 0.5, -0.5, double.PositiveInfinity, double.NegativeInfinity, double.NaN]).Cast(dtype)).Value.ToDoubles());

    [Fact]
    public void Its_derivative_is_0() => Assert.Equal([0.0, 0, 0], Pointwise.At(Op.Floor, [1.5, 2, -0.5]).Derivatives);
}
