using System.Globalization;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>Which examples of a batch make a virtual batch (batchnorm.md E12).</summary>
public enum Grouping
{
    /// <summary>Every so many-th: of 4 examples in twos, the first and third, the second and fourth. TensorFlow's.</summary>
    Strided,

    /// <summary>Neighbours: of 4 examples in twos, the first two, the last two.</summary>
    Contiguous,
}

/// <summary>
/// Ghost batch normalization: in training the batch is normalized in smaller groups, which share γ, β and the moving statistics; these follow the mean over the groups.
/// Hoffer, Hubara, Soudry, 2017.
/// </summary>
/// <param name="Size">How many examples a group has; must divide the batch.</param>
/// <param name="Grouping">Which examples; TensorFlow's way unless told otherwise.</param>
public sealed record VirtualBatches(int Size, Grouping Grouping = Grouping.Strided)
{
    /// <summary>The axis of the split tensor that runs over a group's members.</summary>
    internal int MemberAxis => Grouping == Grouping.Strided ? 0 : 1;

    /// <exception cref="ArgumentException">The size is below 1.</exception>
    internal void Check()
    {
        if (Size < 1) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"VirtualBatches: expected a size of 1 or more, got {Size}."));
    }

    /// <summary>[N, ...] as [Size, N/Size, ...], or with the first two axes exchanged.</summary>
    /// <exception cref="ArgumentException">The size does not divide N.</exception>
    internal Variable Split(Variable x)
    {
        int batch = x.Shape[0];
        if (batch % Size != 0) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"VirtualBatches: expected a batch that {Size} divides, got {batch} examples. Drop the last short batch, or choose another size."));
        ReadOnlySpan<int> rest = x.Shape.AsSpan()[1..];
        return Op.Reshape(x, Grouping == Grouping.Strided ? Shape.Of([Size, batch / Size, .. rest]) : Shape.Of([batch / Size, Size, .. rest]));
    }
}
