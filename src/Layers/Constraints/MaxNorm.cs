using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// No vector along an axis, or over several, longer than a bound: longer ones are scaled down, by Keras's formula w·min(‖w‖, bound)/(10⁻⁷ + ‖w‖).
/// </summary>
public sealed class MaxNorm : Constraint
{
    /// <summary>A bound along an axis.</summary>
    /// <param name="bound">The longest that a vector may be; 2 unless told otherwise.</param>
    /// <param name="axis">The axis, or axes, along which the vectors lie; 0 unless told otherwise.</param>
    /// <exception cref="ArgumentException">The bound is negative or no number.</exception>
    public MaxNorm(double bound = 2, Axes? axis = null)
    {
        if (!(bound >= 0)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"MaxNorm: expected a bound of 0 or more, got {bound}."), nameof(bound));
        (Bound, Axis) = (bound, axis ?? 0);
    }

    /// <summary>The longest that a vector may be.</summary>
    public double Bound { get; }

    /// <summary>The axis along which the vectors lie.</summary>
    public Axes Axis { get; }

    /// <inheritdoc/>
    public override string ClassName => nameof(MaxNorm);

    /// <inheritdoc/>
    public override JsonObject GetConfig() => new() { ["max_value"] = Bound, ["axis"] = LayerJson.Write(Axis) };

    internal static MaxNorm FromConfig(LayerConfig config) => new(config.Number("max_value", 2), config.Axes("axis", 0));

    /// <inheritdoc/>
    public override Variable Project(Variable weight)
    {
        Variable norm = Constraints.Norm(weight, Axis);
        return weight * (Op.Clip(norm, 0, Bound) / (norm + Constraints.Margin));
    }
}
