using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// No vector along an axis, or over several, shorter or longer than two bounds, by Keras's formula w·(rate·clip(‖w‖, min, max) + (1 - rate)·‖w‖)/(10⁻⁷ + ‖w‖): a rate below 1
/// goes only that share of the way.
/// </summary>
public sealed class MinMaxNorm : Constraint
{
    /// <summary>Two bounds along an axis.</summary>
    /// <param name="least">The shortest that a vector may be, Keras's <c>min_value</c>; 0 unless told otherwise.</param>
    /// <param name="most">The longest, Keras's <c>max_value</c>; 1 unless told otherwise.</param>
    /// <param name="rate">The share of the way to the bounds that each step goes, from 0 to 1; 1 unless told otherwise.</param>
    /// <param name="axis">The axis, or axes, along which the vectors lie; 0 unless told otherwise.</param>
    /// <exception cref="ArgumentException">The bounds are not in order or negative, or the rate lies elsewhere.</exception>
    public MinMaxNorm(double least = 0, double most = 1, double rate = 1, Axes? axis = null)
    {
        if (!(least >= 0 && least <= most && rate is >= 0 and <= 1)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"MinMaxNorm: expected 0 <= least <= most and a rate from 0 to 1, got {least}, {most} and {rate}."));
        (Least, Most, Rate, Axis) = (least, most, rate, axis ?? 0);
    }

    /// <summary>The shortest that a vector may be.</summary>
    public double Least { get; }

    /// <summary>The longest that a vector may be.</summary>
    public double Most { get; }

    /// <summary>The share of the way to the bounds that each step goes.</summary>
    public double Rate { get; }

    /// <summary>The axis, or axes, along which the vectors lie.</summary>
    public Axes Axis { get; }

    /// <inheritdoc/>
    public override string ClassName => nameof(MinMaxNorm);

    /// <inheritdoc/>
    public override JsonObject GetConfig() => new() { ["min_value"] = Least, ["max_value"] = Most, ["rate"] = Rate, ["axis"] = LayerJson.Write(Axis) };

    internal static MinMaxNorm FromConfig(LayerConfig config) =>
        new(config.Number("min_value", 0), config.Number("max_value", 1), config.Number("rate", 1), config.Axes("axis", 0));

    /// <inheritdoc/>
    public override Variable Project(Variable weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        Variable norm = Constraints.Norm(weight, Axis);
        Variable wanted = (Op.Clip(norm, Least, Most) * Rate) + (norm * (1 - Rate));
        return weight * (wanted / (norm + Constraints.Margin));
    }
}
