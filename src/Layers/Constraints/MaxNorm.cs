using System.Globalization;
using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>
/// No vector along the axis longer than a bound: longer ones are scaled down, by Keras's formula w·min(‖w‖, bound)/(10⁻⁷ + ‖w‖).
/// </summary>
public sealed class MaxNorm : Constraint
{
    private const double Margin = 1e-7;

    /// <summary>A bound along an axis.</summary>
    /// <param name="bound">The longest that a vector may be; 2 unless told otherwise.</param>
    /// <param name="axis">The axis along which the vectors lie; 0 unless told otherwise.</param>
    /// <exception cref="ArgumentException">The bound is negative or no number.</exception>
    public MaxNorm(double bound = 2, int axis = 0)
    {
        if (!(bound >= 0)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"MaxNorm: expected a bound of 0 or more, got {bound}."), nameof(bound));
        (Bound, Axis) = (bound, axis);
    }

    /// <summary>The longest that a vector may be.</summary>
    public double Bound { get; }

    /// <summary>The axis along which the vectors lie.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    public override string ClassName => nameof(MaxNorm);

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Arguments => new Dictionary<string, double> { ["max_value"] = Bound, ["axis"] = Axis };

    /// <inheritdoc/>
    public override Variable Project(Variable weight)
    {
        Variable norm = Op.Sqrt(Op.Sum(Op.Square(weight), Axis, keepDimensions: true));
        return weight * (Op.Clip(norm, 0, Bound) / (norm + Margin));
    }
}
