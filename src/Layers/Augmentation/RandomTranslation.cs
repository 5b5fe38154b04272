using System.Text.Json.Nodes;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// In training each image is shifted by shares of its height and width that are drawn uniformly, down and to the right where positive; in inference y = x. Built as
/// <see cref="RandomTransform"/> says. The shape stays.
/// </summary>
public sealed class RandomTranslation : RandomTransform
{
    /// <summary>Shifts images.</summary>
    /// <param name="heightFactor">The share of the height, from -1 to 1: 0.2 stands for -0.2 to 0.2.</param>
    /// <param name="widthFactor">The share of the width, from -1 to 1.</param>
    /// <exception cref="ArgumentException">A share lies elsewhere.</exception>
    public RandomTranslation(FactorRange heightFactor, FactorRange widthFactor) =>
        (HeightFactor, WidthFactor) = (heightFactor.Checked(nameof(RandomTranslation), nameof(heightFactor), 1), widthFactor.Checked(nameof(RandomTranslation), nameof(widthFactor), 1));

    /// <summary>The share of the height by which an image is shifted down.</summary>
    public FactorRange HeightFactor { get; }

    /// <summary>The share of the width by which an image is shifted to the right.</summary>
    public FactorRange WidthFactor { get; }

    /// <inheritdoc/>
    public override string ToString() => $"RandomTranslation({HeightFactor}, {WidthFactor})";

    internal static RandomTranslation FromConfig(LayerConfig config) => new(FactorRange.Read(config, "height_factor"), FactorRange.Read(config, "width_factor"))
    {
        FillMode = config.Choice("fill_mode", FillMode.Reflect),
        Interpolation = config.Choice("interpolation", Interpolation.Bilinear),
        FillValue = config.Number("fill_value", 0),
    };

    /// <inheritdoc/>
    protected override bool IsActive => HeightFactor.IsActive || WidthFactor.IsActive;

    private protected override Func<double, double, (double Y, double X)> DrawOne(int height, int width, Rng rng)
    {
        double down = HeightFactor.Draw(rng) * height, right = WidthFactor.Draw(rng) * width;
        return (y, x) => (y - down, x - right);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["height_factor"] = HeightFactor.ToJson();
        config["width_factor"] = WidthFactor.ToJson();
        base.WriteConfig(config);
    }
}
