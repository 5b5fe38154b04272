using System.Text.Json.Nodes;
using Tapestry.Autodiff;
using Tapestry.Tensors;

namespace Tapestry.Layers;

/// <summary>One layer of the network that <see cref="Folding"/> makes: how it is configured, and its numbers.</summary>
internal abstract class FoldingStep(string name, Shape inputShape)
{
    /// <summary>The layer's name, with those of the models that it was nested in.</summary>
    public string Name { get; } = name;

    /// <summary>The layer's input shape, without the batch axis.</summary>
    public Shape InputShape { get; } = inputShape;

    /// <summary>Whether inference leaves the input's numbers as they are, in their order.</summary>
    public virtual bool KeepsNumbers => false;

    /// <summary>The parameters' numbers, in declared order; F64, or the model's type.</summary>
    public abstract IReadOnlyList<Tensor> Values { get; }

    /// <summary>The layer that this step was, where it has a state to copy; else null.</summary>
    public virtual Layer? Source => null;

    /// <summary>The layer in Keras's JSON, without its name.</summary>
    public abstract JsonObject Describe();
}

/// <summary>A layer that is taken over as it is.</summary>
internal sealed class CopiedStep(string name, Shape inputShape, Layer source, bool? training) : FoldingStep(name, inputShape)
{
    public override bool KeepsNumbers => source is Flatten or Activation { Function.Name: "linear" } || (source is Dropout && training != true);

    public override IReadOnlyList<Tensor> Values => [.. source.Parameters.Select(parameter => parameter.Value)];

    public override Layer Source => source;

    public override JsonObject Describe()
    {
        JsonObject described = LayerJson.Write(source);
        if (training is { } told) described["config"]!["training"] = told;
        return described;
    }
}

/// <summary>The activation that a batch normalization had as its option.</summary>
internal sealed class ActivationStep(string name, Shape inputShape, ActivationFunction function) : FoldingStep(name, inputShape)
{
    public override IReadOnlyList<Tensor> Values => [];

    public override JsonObject Describe() => LayerJson.Write(new Activation(function));
}

/// <summary>y = scale·x + shift, in double, with size 1 along the axes that share both.</summary>
internal sealed class ScaleStep(string name, Shape inputShape, Tensor scale, Tensor shift, bool trainable) : FoldingStep(name, inputShape)
{
    /// <summary>Whether scale and shift differ along the last axis at most.</summary>
    public bool IsByFeature => scale.Shape.Take(scale.Rank - 1).All(size => size == 1);

    public override IReadOnlyList<Tensor> Values
    {
        get
        {
            Shape kept = Shape.Of([.. InputShape.Select((size, axis) => Kept.Contains(axis + 1) ? size : 1)]);
            Shape stored = Kept.Length == 1 ? Shape.Of(kept.ElementCount) : kept.Prepend(1);
            return [Spread(scale, kept).Reshape(stored), Spread(shift, kept).Reshape(stored)];
        }
    }

    /// <summary>The axes along which the numbers differ, the batch axis counted.</summary>
    private int[] Kept
    {
        get
        {
            int[] kept = [.. Enumerable.Range(1, scale.Rank).Where(axis => scale.Shape[axis - 1] > 1)];
            return kept.Length > 0 ? kept : [scale.Rank];
        }
    }

    /// <summary>What a batch normalization does in inference.</summary>
    public static ScaleStep Of(BatchNormalization layer, string name)
    {
        Shape along = layer.Broadcast.WithoutFirst();
        double[] mean = layer.MovingMean.Value.ToDoubles();
        double[] spread = layer.MovingVariance.Value.ToDoubles();
        double[]? gamma = layer.Gamma?.Value.ToDoubles(), beta = layer.Beta?.Value.ToDoubles();
        double[] scale = new double[mean.Length], shift = new double[mean.Length];
        for (int i = 0; i < mean.Length; i++)
        {
            scale[i] = (gamma?[i] ?? 1) * (layer.Stored == StoredStatistic.InverseDeviation ? spread[i] : 1 / Math.Sqrt(spread[i] + layer.Epsilon));
            shift[i] = (beta?[i] ?? 0) - (mean[i] * scale[i]);
            if (double.IsFinite(scale[i]) && double.IsFinite(shift[i])) continue;
            throw new ArgumentException($"{layer}: expected statistics that give finite numbers, got a scale of {scale[i]} and a shift of {shift[i]} in '{name}'. Is epsilon 0, or has training diverged?");
        }

        return new ScaleStep(name, layer.InputShape!, Tensor.From(scale, along), Tensor.From(shift, along), layer.Trainable);
    }

    /// <summary>This, and another one behind it, as one.</summary>
    public ScaleStep Then(ScaleStep next)
    {
        (Tensor nextScale, Tensor nextShift) = (next.Along.Scale, next.Along.Shift);
        return new ScaleStep(Name, InputShape, (nextScale * (Variable)scale).Value, ((nextScale * (Variable)shift) + nextShift).Value, trainable);
    }

    /// <summary>Scale and shift, one for each of a dense layer's inputs; null where they differ along other axes too.</summary>
    public (double[] Scale, double[] Shift)? For(DenseStep dense)
    {
        // One vector an example: behind Flatten each element has its own row of the kernel.
        Shape inputs = dense.InputShape.Rank == 1 ? InputShape : Shape.Of(dense.InputShape[-1]);
        if (dense.InputShape.Rank > 1 && !IsByFeature) return null;
        return dense.InputShape.Rank == 1
            ? (Spread(scale, inputs).ToDoubles(), Spread(shift, inputs).ToDoubles())
            : (Spread(scale.Reshape(-1), inputs).ToDoubles(), Spread(shift.Reshape(-1), inputs).ToDoubles());
    }

    /// <summary>Scale and shift for each of so many features.</summary>
    public (double[] Scale, double[] Shift) ByFeature(int features) =>
        (Spread(scale.Reshape(-1), Shape.Of(features)).ToDoubles(), Spread(shift.Reshape(-1), Shape.Of(features)).ToDoubles());

    public override JsonObject Describe() => LayerJson.Write(new Scale { Axis = Axes.Of(Kept), Trainable = trainable });

    private (Tensor Scale, Tensor Shift) Along => (scale, shift);

    private static Tensor Spread(Tensor numbers, Shape shape) => numbers.Shape == shape ? numbers : Op.BroadcastTo(numbers, shape).Value;
}

/// <summary>A dense layer, in double, that takes in what stands beside it.</summary>
internal sealed class DenseStep : FoldingStep
{
    private readonly Dense source;
    private readonly double[] kernel;
    private double[]? bias;

    public DenseStep(string name, Dense source)
        : base(name, source.InputShape!)
    {
        this.source = source;
        kernel = source.Kernel.Value.ToDoubles();
        bias = source.Bias?.Value.ToDoubles();
    }

    /// <summary>Whether the output is the linear map itself.</summary>
    public bool IsLinear => source.Activation.Name == Activations.Linear.Name;

    /// <summary>The number of outputs.</summary>
    public int Units => source.Units;

    public override IReadOnlyList<Tensor> Values
    {
        get
        {
            Tensor matrix = Tensor.From(kernel, source.Kernel.Shape);
            return bias is null ? [matrix] : [matrix, Tensor.From(bias)];
        }
    }

    public override JsonObject Describe()
    {
        JsonObject described = LayerJson.Write(source);
        described["config"]!["use_bias"] = bias is not null;
        return described;
    }

    /// <summary>(x·kernel + bias)·scale + shift.</summary>
    public void TakeFromBehind(double[] scale, double[] shift)
    {
        for (int i = 0; i < kernel.Length; i++) kernel[i] *= scale[i % Units];
        bias = [.. shift.Select((number, unit) => ((bias?[unit] ?? 0) * scale[unit]) + number)];
    }

    /// <summary>(x·scale + shift)·kernel + bias: the shift goes through the kernel as it was.</summary>
    public void TakeFromBefore(double[] scale, double[] shift)
    {
        bias ??= new double[Units];
        for (int i = 0; i < kernel.Length; i++)
        {
            (int row, int unit) = (i / Units, i % Units);
            bias[unit] += shift[row] * kernel[i];
            kernel[i] *= scale[row];
        }
    }
}
