using Tapestry.Tensors;

namespace Tapestry.Autodiff.Tests;

public class GradientsTests
{
    [Fact]
    public void Pairs_come_in_the_order_asked_for_and_are_found_by_parameter()
    {
        using Tape tape = new();
        Parameter a = new("a", Tensor.Scalar(3)), b = new("b", Tensor.Scalar(5));
        // ab: 5 and 3
        Gradients gradients = tape.Gradient(tape.Watch(a) * tape.Watch(b), [b, a]);

        Assert.Equal(2, gradients.Count);
        Assert.Equal([b, a], gradients.Select(pair => pair.Parameter));
        Assert.Equal(3, gradients[0].Gradient.ToScalar());
        Assert.Equal(5, gradients[a].ToScalar());
        Assert.Throws<KeyNotFoundException>(() => gradients[new Parameter("a", Tensor.Scalar(3))]);
    }

    [Fact]
    public void Gradients_have_their_parameters_shape_and_type()
    {
        Parameter parameter = new("kernel", Tensor.Zeros([2, 3]));

        Assert.Throws<ArgumentException>(() => new Gradients([(parameter, Tensor.Zeros([3, 2]))]));
        Assert.Throws<ArgumentException>(() => new Gradients([(parameter, Tensor.Zeros([2, 3], DType.F64))]));
        Assert.Single(new Gradients([(parameter, Tensor.Zeros([2, 3]))]));
    }
}
