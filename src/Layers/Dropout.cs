using System.Globalization;
using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// In training each element is 0 with probability rate, else divided by 1 - rate, so that the expectation stays; in inference y = x. Srivastava et al., 2014.
/// Built from <see cref="Op.Multiply"/> by a mask. The shape stays.
/// </summary>
public sealed class Dropout : Layer, IStochastic
{
    /// <summary>Drops elements with a probability.</summary>
    /// <param name="rate">From 0 (drops nothing) up to, not including, 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate lies elsewhere.</exception>
    public Dropout(double rate)
    {
        if (!(rate >= 0 && rate < 1)) throw new ArgumentOutOfRangeException(nameof(rate), string.Create(CultureInfo.InvariantCulture, $"Dropout: expected a rate from 0 up to, not including, 1, got {rate}."));
        Rate = rate;
    }

    /// <summary>The probability with which an element is dropped.</summary>
    public double Rate { get; }

    /// <inheritdoc/>
    public Rng Rng { get; set; } = new(0);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Dropout({Rate})");

    internal static Dropout FromConfig(LayerConfig config) => new(config.Number("rate", 0.5));

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng) => Rng = rng;

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(mode);
        return mode.Training && Rate > 0 ? x * Mask(x.Shape, x.DType, x.Tape?.DrawFrom(Rng) ?? Rng) : x;
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["rate"] = Rate;
    }

    private Tensor Mask(Shape shape, DType dtype, Rng rng)
    {
        double[] mask = new double[shape.ElementCount];
        for (int i = 0; i < mask.Length; i++) mask[i] = rng.NextDouble() < Rate ? 0 : 1 / (1 - Rate);
        return Tensor.From(mask, shape).Cast(dtype);
    }
}
