using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;

namespace Tapestry.Layers;

/// <summary>l2·Σw².</summary>
public sealed class L2 : Regularizer
{
    /// <summary>A term with its factor.</summary>
    /// <param name="factor">The factor of the squares, Keras's <c>l2</c>; 0.01 unless told otherwise.</param>
    /// <exception cref="ArgumentException">The factor is negative or no number.</exception>
    public L2(double factor = 0.01) => Factor = factor >= 0
        ? factor
        : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"L2: expected a factor of 0 or more, got {factor}."), nameof(factor));

    /// <summary>The factor of the squares.</summary>
    public double Factor { get; }

    /// <inheritdoc/>
    public override string ClassName => nameof(L2);

    /// <inheritdoc/>
    public override JsonObject GetConfig() => new() { ["l2"] = Factor };

    internal static L2 FromConfig(LayerConfig config) => new(config.Number("l2", 0.01));

    /// <inheritdoc/>
    public override Variable Penalty(Variable weight) => Op.Sum(Op.Square(weight)) * Factor;
}
