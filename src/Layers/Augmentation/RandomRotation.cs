using System.Text.Json.Nodes;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// In training each image is turned around its middle by a share of the full circle that is drawn uniformly, counterclockwise where positive; in inference y = x. Built as
/// <see cref="RandomTransform"/> says. The shape stays.
/// </summary>
public sealed class RandomRotation : RandomTransform
{
    /// <summary>Turns images.</summary>
    /// <param name="factor">The share of 2π, from -1 to 1: 0.1 stands for -36° to 36°.</param>
    /// <exception cref="ArgumentException">The share lies elsewhere.</exception>
    public RandomRotation(FactorRange factor) => Factor = factor.Checked(nameof(RandomRotation), nameof(factor), 1);

    /// <summary>The share of the full circle by which an image is turned.</summary>
    public FactorRange Factor { get; }

    /// <inheritdoc/>
    public override string ToString() => $"RandomRotation({Factor})";

    internal static RandomRotation FromConfig(LayerConfig config) => new(FactorRange.Read(config, "factor"))
    {
        FillMode = config.Choice("fill_mode", FillMode.Reflect),
        Interpolation = config.Choice("interpolation", Interpolation.Bilinear),
        FillValue = config.Number("fill_value", 0),
    };

    /// <inheritdoc/>
    protected override bool IsActive => Factor.IsActive;

    private protected override Func<double, double, (double Y, double X)> DrawOne(int height, int width, Rng rng)
    {
        (double sine, double cosine) = Math.SinCos(2 * Math.PI * Factor.Draw(rng));
        (double middleY, double middleX) = ((height - 1) / 2.0, (width - 1) / 2.0);
        return (y, x) => (middleY + (sine * (x - middleX)) + (cosine * (y - middleY)), middleX + (cosine * (x - middleX)) - (sine * (y - middleY)));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["factor"] = Factor.ToJson();
        base.WriteConfig(config);
    }
}
