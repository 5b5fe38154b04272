using Tapestry.Tensors;

namespace Tapestry.Autodiff;

public static partial class Op
{
    /// <summary>y = x where x &gt; 0, else slope·x, elementwise: <see cref="PRelu"/> with a slope that is not trained. Maas, Hannun, Ng, 2013.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="slope">The slope below 0; 0.3 unless told otherwise, as in Keras's layer LeakyReLU. PyTorch's is 0.01, and that of the function of Keras 3 is 0.2.</param>
    public static Variable LeakyRelu(Variable x, double slope = 0.3)
    {
        ArgumentNullException.ThrowIfNull(x);
        return PRelu(x, Tensor.Scalar(slope, x.DType));
    }
}
