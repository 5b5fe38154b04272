using System.Text.Json.Nodes;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>How a weight's first numbers are drawn. See <see cref="Initializers"/> for those there are.</summary>
public abstract class Initializer
{
    /// <summary>Keras's class name: <c>HeNormal</c>.</summary>
    public abstract string ClassName { get; }

    /// <summary>Draws a tensor.</summary>
    /// <param name="shape">The shape; for kernels [fan in, fan out].</param>
    /// <param name="dtype">F32 or F64. The draws are made in double and rounded, so that both types get the same numbers.</param>
    /// <param name="rng">Where the numbers come from.</param>
    public Tensor Create(Shape shape, DType dtype, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(rng);
        double[] values = new double[shape.ElementCount];
        Fill(values, shape, rng);
        Tensor doubles = Tensor.From(values, shape);
        return dtype == DType.F64 ? doubles : doubles.Cast(dtype).Clone();
    }

    /// <summary>Keras's name of the class.</summary>
    public override string ToString() => ClassName;

    /// <summary>What the class needs to be made again, under Keras's names.</summary>
    public abstract JsonObject GetConfig();

    /// <summary>Draws the numbers.</summary>
    protected abstract void Fill(Span<double> values, Shape shape, Rng rng);
}
