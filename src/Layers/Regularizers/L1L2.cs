using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>l1·Σ|w| + l2·Σw².</summary>
public sealed class L1L2 : Regularizer
{
    /// <summary>A term with its two factors.</summary>
    /// <param name="l1">The factor of the absolute values; 0 unless told otherwise.</param>
    /// <param name="l2">The factor of the squares; 0 unless told otherwise.</param>
    /// <exception cref="ArgumentException">A factor is negative or no number.</exception>
    public L1L2(double l1 = 0, double l2 = 0)
    {
        if (!(l1 >= 0 && l2 >= 0)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"L1L2: expected factors of 0 or more, got l1 {l1} and l2 {l2}."));
        (Absolute, Squared) = (l1, l2);
    }

    /// <summary>The factor of the absolute values.</summary>
    public double Absolute { get; }

    /// <summary>The factor of the squares.</summary>
    public double Squared { get; }

    /// <inheritdoc/>
    public override string ClassName => nameof(L1L2);

    /// <inheritdoc/>
    public override JsonObject GetConfig() => new() { ["l1"] = Absolute, ["l2"] = Squared };

    internal static L1L2 FromConfig(LayerConfig config) => new(config.Number("l1", 0), config.Number("l2", 0));

    /// <inheritdoc/>
    public override Variable Penalty(Variable weight) => (Op.Sum(Op.Abs(weight)) * Absolute) + (Op.Sum(Op.Square(weight)) * Squared);
}
