using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>l1·Σ|w|.</summary>
public sealed class L1 : Regularizer
{
    /// <summary>A term with its factor.</summary>
    /// <param name="factor">The factor of the absolute values, Keras's <c>l1</c>; 0.01 unless told otherwise.</param>
    /// <exception cref="ArgumentException">The factor is negative or no number.</exception>
    public L1(double factor = 0.01) => Factor = factor >= 0
        ? factor
        : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"L1: expected a factor of 0 or more, got {factor}."), nameof(factor));

    /// <summary>The factor of the absolute values.</summary>
    public double Factor { get; }

    /// <inheritdoc/>
    public override string ClassName => nameof(L1);

    /// <inheritdoc/>
    public override JsonObject GetConfig() => new() { ["l1"] = Factor };

    internal static L1 FromConfig(LayerConfig config) => new(config.Number("l1", 0.01));

    /// <inheritdoc/>
    public override Variable Penalty(Variable weight) => Op.Sum(Op.Abs(weight)) * Factor;
}
