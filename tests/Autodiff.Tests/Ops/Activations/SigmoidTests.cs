using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class SigmoidTests
{
    // 1/(1 + e⁻¹) = 0.731058579, and its derivative y(1 - y) = 0.196611933; at 0 1/2 and 1/4.
    [Fact]
    public void Values_and_derivatives()
    {
        using Tape tape = new();
        Variable x = tape.Watch(Tensor.From([1.0, 0, 1000, -1000])), y = Op.Sigmoid(x);

        double[] gradient = tape.Gradient(y, x, Tensor.Ones([4], DType.F64)).Value.ToDoubles();

        Assert.Equal(0.731058579, y.Value[0], 1e-9);
        Assert.Equal([0.5, 1, 0], y.Value.ToDoubles()[1..]);
        Assert.Equal(0.196611933, gradient[0], 1e-9);
        Assert.Equal([0.25, 0, 0], gradient[1..]);
    }
}
