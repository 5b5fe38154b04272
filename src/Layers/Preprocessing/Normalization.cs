using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>
/// y = (x - mean)/max(√variance, 10⁻⁷) with statistics of the whole training set, which <see cref="Adapt"/> takes once, or which are given; not those of batches, which
/// <see cref="BatchNormalization"/> averages. Training changes nothing here. What was adapted is saved with the weights, what was given with the configuration. Before it is
/// adapted the layer is the identity.
/// Built from <see cref="Op.Subtract"/> and <see cref="Op.Divide"/>. The shape stays. Tested in <c>tests/Layers.Tests/Preprocessing/NormalizationTests.cs</c>.
/// </summary>
public sealed class Normalization : Layer
{
    /// <summary>What a deviation of 0 is taken for: Keras's epsilon.</summary>
    private const double LeastDeviation = 1e-7;

    private readonly (Tensor Mean, Tensor Variance)? given;
    private Parameter? mean;
    private Parameter? variance;
    private Shape broadcast = Shape.Scalar;

    /// <summary>A layer to be adapted to data.</summary>
    public Normalization()
    {
    }

    /// <summary>A layer with a mean and a variance that are known already, one of each for all elements.</summary>
    /// <param name="mean">What is subtracted.</param>
    /// <param name="variance">The square of what is divided by.</param>
    /// <exception cref="ArgumentException">One is not finite, or the variance is below 0.</exception>
    public Normalization(double mean, double variance)
        : this(GivenNumbers.One(mean), GivenNumbers.One(variance))
    {
    }

    /// <summary>A layer with statistics that are known already; they are no parameters, as in Keras.</summary>
    /// <param name="mean">What is subtracted, of any type; it broadcasts to the input's sizes along <see cref="Axis"/>. Copied.</param>
    /// <param name="variance">The square of what is divided by, likewise.</param>
    /// <exception cref="ArgumentException">A number is not finite, or a variance is below 0.</exception>
    public Normalization(Tensor mean, Tensor variance) => given = (
        GivenNumbers.Copy(nameof(Normalization), mean, "a mean of finite numbers", double.IsFinite),
        GivenNumbers.Copy(nameof(Normalization), variance, "a variance of finite numbers of 0 or more", number => number is >= 0 and < double.PositiveInfinity));

    /// <summary>The axes along which statistics differ, the batch axis counted; -1, the last, unless told otherwise. Null has one mean and one variance for all elements.</summary>
    public Axes? Axis { get; init; } = -1;

    /// <summary>Whether the layer does the opposite, x·max(√variance, 10⁻⁷) + mean; false unless told otherwise.</summary>
    public bool Invert { get; init; }

    /// <summary>The mean, zeros at first unless it was given, in the input's sizes along <see cref="Axis"/>; once built.</summary>
    public Parameter Mean => mean ?? throw Unbuilt();

    /// <summary>The biased variance, ones at first unless it was given, shaped as the mean; once built.</summary>
    public Parameter Variance => variance ?? throw Unbuilt();

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Shape along = FeatureAxes.Sizes(Kept(inputShape), inputShape);
        if (given is not { } statistics) return inputShape;
        GivenNumbers.Refuse(this, "a mean", statistics.Mean, along);
        GivenNumbers.Refuse(this, "a variance", statistics.Variance, along);
        return inputShape;
    }

    /// <summary>Takes mean and variance of a data set, instead of those that there were.</summary>
    /// <param name="data">[N, ...input], one example or more, of any type.</param>
    /// <exception cref="ArgumentException">There are no examples, or they are not of the shape that the layer was built for.</exception>
    /// <exception cref="InvalidOperationException">The layer has not been built, or its statistics were given.</exception>
    public void Adapt(Tensor data)
    {
        if (given is not null) throw new InvalidOperationException($"{this}: expected a layer to adapt, got one whose mean and variance were given. Leave them out.");
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
    public override string ToString()
    {
        List<string> options = [];
        if (Axis is not [-1]) options.Add($"axis: {Axis?.ToString() ?? "none"}");
        if (given is { } statistics) options.Add($"mean: {GivenNumbers.Text(statistics.Mean)}, variance: {GivenNumbers.Text(statistics.Variance)}");
        if (Invert) options.Add("invert: true");
        return $"Normalization({string.Join(", ", options)})";
    }

    internal static Normalization FromConfig(LayerConfig config)
    {
        (Axes? axis, bool invert) = (config.HasNull("axis") ? null : config.Axes("axis", -1), config.Boolean("invert", false));
        return (config.Numbers("mean"), config.Numbers("variance")) switch
        {
            (null, null) => new() { Axis = axis, Invert = invert },
            ({ } mean, { } variance) => new(mean, variance) { Axis = axis, Invert = invert },
            _ => throw new ArgumentException("Normalization: expected mean and variance, or neither, got one of them."),
        };
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape, DType dtype, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int[] kept = Kept(inputShape);
        broadcast = FeatureAxes.Broadcast(kept, inputShape);
        Shape shape = FeatureAxes.Sizes(kept, inputShape);
        if (given is { } statistics)
        {
            (mean, variance) = (Unlisted("mean", statistics.Mean), Unlisted("variance", statistics.Variance));
            return;
        }

        mean = Add("mean", Tensor.Zeros(shape, dtype), ParameterRole.State);
        variance = Add("variance", Tensor.Ones(shape, dtype), ParameterRole.State);

        Parameter Unlisted(string local, Tensor numbers) => new($"{Name}/{local}", Op.BroadcastTo(GivenNumbers.Operand(numbers, dtype), shape).Detach(), ParameterRole.State);
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
        if (given is not { } statistics) return;
        config["mean"] = LayerJson.Write(statistics.Mean);
        config["variance"] = LayerJson.Write(statistics.Variance);
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
