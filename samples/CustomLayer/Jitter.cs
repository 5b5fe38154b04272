using System.Globalization;
using System.Text.Json.Nodes;
using MathNet.Numerics.Distributions;
using Tapestry.Autodiff;
using Tapestry.Layers;
using Tapestry.Tensors;

namespace Tapestry.Samples.CustomLayer;

/// <summary>In training y = x + noise, drawn anew for each call from a normal distribution around 0; in inference y = x. The library's <see cref="GaussianNoise"/>, written from the start. The shape stays.</summary>
/// <param name="deviation">The noise's standard deviation.</param>
public sealed class Jitter(double deviation) : Layer, IStochastic
{
    /// <summary>Where the noise is drawn from: the model gives each layer a stream of its own, and a checkpoint keeps it.</summary>
    public Rng Rng { get; set; } = new(0);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Jitter({deviation})");

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng) => Rng = rng;

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        if (!mode.Training) return x;
        double[] noise = new double[x.Shape.ElementCount];
        Normal.Samples(Rng, noise, 0, deviation);
        return x + Tensor.From(noise, x.Shape).Cast(x.DType);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["stddev"] = deviation;
}
