using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>The constraints by their class names.</summary>
internal static class Constraints
{
    /// <summary>What keeps a division by a norm of 0 from giving NaN: Keras's epsilon.</summary>
    public const double Margin = 1e-7;

    /// <summary>How each is read.</summary>
    public static IReadOnlyDictionary<string, Func<LayerConfig, Constraint>> All { get; } = new Dictionary<string, Func<LayerConfig, Constraint>>
    {
        [nameof(NonNeg)] = _ => new NonNeg(),
        [nameof(MaxNorm)] = MaxNorm.FromConfig,
        [nameof(UnitNorm)] = UnitNorm.FromConfig,
        [nameof(MinMaxNorm)] = MinMaxNorm.FromConfig,
    };

    /// <summary>The length of each vector along axes, which stay with size 1.</summary>
    public static Variable Norm(Variable weight, Axes axis) => Op.Sqrt(Op.Sum(Op.Square(weight), axis, keepDimensions: true));
}
