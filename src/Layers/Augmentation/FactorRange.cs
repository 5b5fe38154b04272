using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>What a random factor is drawn from, uniformly. A number f stands for -f to f, as in Keras.</summary>
/// <param name="Lower">The least.</param>
/// <param name="Upper">The most.</param>
public readonly record struct FactorRange(double Lower, double Upper)
{
    /// <summary>From -f to f.</summary>
    public static implicit operator FactorRange(double factor) => new(-factor, factor);

    /// <summary>From -f to f.</summary>
    public static FactorRange FromDouble(double factor) => factor;

    /// <summary>Whether there is anything to draw.</summary>
    internal bool IsActive => Lower != 0 || Upper != 0;

    /// <summary>The number, or both bounds.</summary>
    public override string ToString() => Lower == -Upper
        ? Upper.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"[{Lower}, {Upper}]");

    internal static FactorRange Read(LayerConfig config, string key)
    {
        IReadOnlyList<double> bounds = config.NumberOrTwo(key);
        return bounds.Count == 1 ? bounds[0] : new FactorRange(bounds[0], bounds[1]);
    }

    internal JsonNode ToJson() => Lower == -Upper ? JsonValue.Create(Upper) : new JsonArray(Lower, Upper);

    internal double Draw(Rng rng) => Lower + (rng.NextDouble() * (Upper - Lower));

    internal FactorRange Checked(string layer, string what, double most) => Lower <= Upper && Math.Abs(Lower) <= most && Math.Abs(Upper) <= most
        ? this
        : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{layer}: expected {what} within {-most} and {most} in ascending order, got {Lower} and {Upper}."), what);
}
