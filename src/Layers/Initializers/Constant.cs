using System.Text.Json.Nodes;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>One value throughout.</summary>
/// <param name="value">The value.</param>
/// <param name="className">Keras's name where it has one of its own: <c>Zeros</c>, <c>Ones</c>.</param>
public sealed class Constant(double value, string className = nameof(Constant)) : Initializer
{
    /// <inheritdoc/>
    public override string ClassName => className;

    /// <inheritdoc/>
    public override JsonObject GetConfig() => className == nameof(Constant) ? new() { ["value"] = value } : [];

    /// <inheritdoc/>
    protected override void Fill(Span<double> values, Shape shape, Rng rng) => values.Fill(value);
}
