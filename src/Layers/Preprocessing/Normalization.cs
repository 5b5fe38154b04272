using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// y = (x - mean)/max(√variance, 10⁻⁷) with statistics of the whole training set, which <see cref="Adapt"/> takes once; not those of batches, which
/// <see cref="BatchNormalization"/> averages. Training changes nothing here. They are saved with the weights. Before it is adapted the layer is the identity.
/// Built from <see cref="Op.Subtract"/> and <see cref="Op.Divide"/>. The shape stays. Tested in <c>tests/Layers.Tests/Preprocessing/NormalizationTests.cs</c>.
/// </summary>
public sealed class Normalization : Layer
{
    /// <summary>What a deviation of 0 is taken for: Keras's epsilon.</summary>
    private const double LeastDeviation = 1e-7;

    private Parameter? mean;
    private Parameter? variance;
    private Shape broadcast = Shape.Scalar;

    /// <summary>The axes along which statistics differ, the batch axis counted; -1, the last, unless told otherwise. Null has one mean and one variance for all elements.</summary>
    public Axes? Axis { get; init; } = -1;

    /// <summary>Whether the layer does the opposite, x·max(√variance, 10⁻⁷) + mean; false unless told otherwise.</summary>
    public bool Invert { get; init; }

    /// <summary>The mean, zeros at first, in the input's sizes along <see cref="Axis"/>; once built.</summary>
    public Parameter Mean => mean ?? throw Unbuilt();

    /// <summary>The biased variance, ones at first, shaped as the mean; once built.</summary>
    public Parameter Variance => variance ?? throw Unbuilt();

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Kept(inputShape);
        return inputShape;
    }

    /// <summary>Takes mean and variance of a data set, instead of those that there were.</summary>
    /// <param name="data">[N, ...input], one example or more, of any type.</param>
    /// <exception cref="ArgumentException">There are no examples, or they are not of the shape that the layer was built for.</exception>
    /// <exception cref="InvalidOperationException">The layer has not been built.</exception>
    public void Adapt(Tensor data)
    {
        double[] values = Fitting.Values(this, data);
        int[] sizes = [.. broadcast];
        int[] group = Groups(data.Shape, sizes);
        double[] means = new double[Mean.Shape.ElementCount], variances = new double[means.Length];
        double count = values.Length / (double)Math.Max(1, means.Length);
        for (int i = 0; i < values.Length; i++) means[group[i % group.Length]] += values[i] / count;
        for (int i = 0; i < values.Length; i++) variances[group[i % group.Length]] += Math.Pow(values[i] - means[group[i % group.Length]], 2) / count;
        Mean.Value.CopyFrom(Tensor.From(means, Mean.Shape).Cast(DType));
        Variance.Value.CopyFrom(Tensor.From(variances, Variance.Shape).Cast(DType));
    }

    /// <inheritdoc/>
    public override string ToString() => $"Normalization({string.Join(", ", new[] { Axis is null ? "axis: none" : Axis is [-1] ? "" : $"axis: {Axis}", Invert ? "invert: true" : "" }.Where(text => text.Length > 0))})";

    internal static Normalization FromConfig(LayerConfig config)
    {
        config.Null("mean");
        config.Null("variance");
        return new() { Axis = config.HasNull("axis") ? null : config.Axes("axis", -1), Invert = config.Boolean("invert", false) };
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int[] kept = Kept(inputShape);
        broadcast = FeatureAxes.Broadcast(kept, inputShape);
        Shape shape = FeatureAxes.Sizes(kept, inputShape);
        mean = Add("mean", Tensor.Zeros(shape, dtype), ParameterRole.State);
        variance = Add("variance", Tensor.Ones(shape, dtype), ParameterRole.State);
    }

    /// <inheritdoc/>
    protected override Variable Call(Variable x, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        Variable shift = Op.Reshape(Use(Mean, x), broadcast);
        Variable deviation = Op.Maximum(Op.Sqrt(Op.Reshape(Use(Variance, x), broadcast)), Tensor.Scalar(LeastDeviation, x.DType));
        return Invert ? (x * deviation) + shift : (x - shift) / deviation;
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["axis"] = Axis is null ? null : LayerJson.Write(Axis);
        config["invert"] = Invert;
    }

    private int[] Kept(Shape inputShape) => Axis is null or { Count: 0 } ? [] : FeatureAxes.Resolve(this, Axis, inputShape);

    /// <summary>For each element of an example the place of its statistics.</summary>
    private static int[] Groups(Shape shape, int[] sizes)
    {
        int[] groups = new int[shape.WithoutFirst().ElementCount];
        for (int i = 0; i < groups.Length; i++)
        {
            int rest = i, place = 1;
            for (int axis = shape.Rank - 1; axis > 0; axis--)
            {
                int along = rest % shape[axis];
                rest /= shape[axis];
                if (sizes[axis] == 1) continue;
                groups[i] += along * place;
                place *= sizes[axis];
            }
        }

        return groups;
    }

    private InvalidOperationException Unbuilt() => new($"{this}: expected a layer that has been built, got one that has not.");
}
