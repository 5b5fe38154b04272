using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>Every vector along an axis, or over several, of length 1, by Keras's formula w/(10⁻⁷ + ‖w‖).</summary>
/// <param name="axis">The axis, or axes, along which the vectors lie; 0 unless told otherwise.</param>
public sealed class UnitNorm(Axes? axis = null) : Constraint
{
    /// <summary>The axis, or axes, along which the vectors lie.</summary>
    public Axes Axis { get; } = axis ?? 0;

    /// <inheritdoc/>
    public override string ClassName => nameof(UnitNorm);

    /// <inheritdoc/>
    public override JsonObject GetConfig() => new() { ["axis"] = LayerJson.Write(Axis) };

    internal static UnitNorm FromConfig(LayerConfig config) => new(config.Axes("axis", 0));

    /// <inheritdoc/>
    public override Variable Project(Variable weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return weight / (Constraints.Norm(weight, Axis) + Constraints.Margin);
    }
}
