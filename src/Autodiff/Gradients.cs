using System.Collections;
using Tapestry.Tensors;

namespace Tapestry.Autodiff;

/// <summary>
/// The gradient of one number with respect to parameters, in the order in which they were asked for: what an optimizer takes. The tensors belong to the tape.
/// </summary>
public sealed class Gradients : IReadOnlyList<(Parameter Parameter, Tensor Gradient)>
{
    private readonly (Parameter Parameter, Tensor Gradient)[] pairs;

    /// <summary>Pairs parameters with gradients of the same shape.</summary>
    /// <exception cref="ArgumentException">A gradient's shape or type is not its parameter's.</exception>
    public Gradients(IEnumerable<(Parameter Parameter, Tensor Gradient)> pairs)
    {
        this.pairs = [.. pairs];
        foreach ((Parameter parameter, Tensor gradient) in this.pairs)
        {
            if (gradient.Shape != parameter.Shape || gradient.DType != parameter.Value.DType)
            {
                throw new ArgumentException($"Gradients: expected {parameter.Value.DType}{parameter.Shape} for '{parameter.Name}', got {gradient.DType}{gradient.Shape}.");
            }
        }
    }

    /// <summary>The number of parameters.</summary>
    public int Count => pairs.Length;

    /// <summary>The pair at a position.</summary>
    public (Parameter Parameter, Tensor Gradient) this[int index] => pairs[index];

    /// <summary>The gradient with respect to a parameter.</summary>
    /// <exception cref="KeyNotFoundException">It was not asked for.</exception>
    public Tensor this[Parameter parameter]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(parameter);
            foreach ((Parameter candidate, Tensor gradient) in pairs)
            {
                if (ReferenceEquals(candidate, parameter)) return gradient;
            }

            throw new KeyNotFoundException($"Gradients: expected one of the {pairs.Length} parameters that the gradient was taken for, got '{parameter.Name}'.");
        }
    }

    /// <inheritdoc/>
    public IEnumerator<(Parameter Parameter, Tensor Gradient)> GetEnumerator() => ((IEnumerable<(Parameter, Tensor)>)pairs).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
